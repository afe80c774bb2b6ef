import { openEventSource } from '@shared/event-source'
import { LiveUpdates } from '@shared/live'
import { answer, api } from '@/api/client'
import { whenBackOnline } from '@/session/network'
import { isSignedIn, refreshMe } from '@/session/session'

export type { LiveEvent } from '@shared/live'

const updates = new LiveUpdates({
  signedIn: isSignedIn,
  refreshMe,
  hasStreams: () => true,
  ticket: async () => (await answer(api.POST('/api/v1/events/ticket'))).ticket,
  open: (ticket, names, handlers) => openEventSource(`/api/v1/events?ticket=${encodeURIComponent(ticket)}`, names, handlers),
})

export const startLive = (): void => updates.start()
export const stopLive = (): void => updates.stop()
/** Hears a further kind of event from the server; areas call it when they are loaded. */
export const hear = (name: string): void => updates.hear(name)
/** Listens until the returned function is called. */
export const onLive = updates.on.bind(updates)

whenBackOnline(() => updates.reconnect())
