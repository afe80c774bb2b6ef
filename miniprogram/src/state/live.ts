import { LiveUpdates } from '@shared/live'
import { api } from '@/api/client'
import { hasEventStreams, openEventStream } from '@/platform/event-stream'
import { whenBackOnline } from './network'
import { currentToken, refreshMe } from './session'

const updates = new LiveUpdates({
  signedIn: () => Boolean(currentToken()),
  refreshMe,
  hasStreams: hasEventStreams,
  ticket: async () => (await api.post('/api/v1/events/ticket')).ticket,
  open: openEventStream,
})

// Several phones scan into one session.
updates.hear('scan_session')
// And several people count in one stocktake.
updates.hear('stocktake')
// Goods that come back are decided on one phone and sent on another.
updates.hear('return')
// Goods on the way between two, what is asked about goods that turned up elsewhere, and a file that is read.
for (const name of ['transfer', 'diversion', 'exchange', 'rebate']) updates.hear(name)

export const startLive = (): void => updates.start()
export const stopLive = (): void => updates.stop()
/** Listens until the returned function is called. */
export const onLive = updates.on.bind(updates)

whenBackOnline(() => updates.reconnect())
