import { answer, api } from '@/api/client'
import { whenBackOnline } from '@/session/network'
import { isSignedIn, refreshMe } from '@/session/session'

/** What happened, as the server tells it; pages ask again for what they show. */
export type LiveEvent =
  | { kind: 'order'; id: number; number: string; state: string; seller_id: number; buyer_id: number }
  | { kind: 'notice' }
  | { kind: 'resync' }
  // What other modules tell of; a page knows the kinds that it listens to.
  | { kind: 'other'; name: string; data: Record<string, unknown> }

const POLL_MS = 10_000
const ME_MS = 60_000
const FIRST_RETRY_MS = 3_000
const RETRY_MS = 30_000

const listeners = new Set<(event: LiveEvent) => void>()
/** Events beyond order, notice and resync that areas have asked to hear. */
const more = new Set<string>()
let source: EventSource | null = null
let poll: ReturnType<typeof setInterval> | undefined
let retry: ReturnType<typeof setTimeout> | undefined
let seen = false
let askedMe = 0
let wait = FIRST_RETRY_MS
/** Counts the beginnings and ends, so that a ticket that comes too late opens nothing. */
let turn = 0

function tell(event: LiveEvent): void {
  // Live messages carry no figures; how many notices are unread stands in the own account. A stream that was opened anew
  // may have ended because the account may do something else now.
  if (event.kind === 'notice' || (event.kind === 'resync' && meIsOld())) {
    askedMe = Date.now()
    void refreshMe().catch(() => undefined)
  }
  listeners.forEach((listener) => listener(event))
}

/** While pages poll, who one is need not be asked as often as what is shown. */
function meIsOld(): boolean {
  return poll === undefined || Date.now() - askedMe >= ME_MS
}

function startPolling(): void {
  poll ??= setInterval(() => tell({ kind: 'resync' }), POLL_MS)
}

function stopPolling(): void {
  clearInterval(poll)
  poll = undefined
}

function again(): void {
  startPolling()
  clearTimeout(retry)
  retry = setTimeout(() => void connect(), wait)
  wait = RETRY_MS
}

async function connect(): Promise<void> {
  clearTimeout(retry)
  source?.close()
  source = null
  const mine = turn
  try {
    const { ticket } = await answer(api.POST('/api/v1/events/ticket'))
    if (mine === turn) open(ticket)
  } catch {
    if (mine === turn) again()
  }
}

/** A ticket opens one stream only, so the browser's own tries again would be in vain. */
function open(ticket: string): void {
  const opened = new EventSource(`/api/v1/events?ticket=${encodeURIComponent(ticket)}`)
  source = opened
  opened.onopen = () => {
    stopPolling()
    wait = FIRST_RETRY_MS
  }
  opened.onerror = () => {
    opened.close()
    again()
  }
  // Ended for newer pages of the same account: to come back would only end another.
  opened.addEventListener('full', () => {
    opened.close()
    startPolling()
  })
  for (const name of ['order', 'notice', 'resync', ...more]) listenFor(opened, name)
}

function listenFor(stream: EventSource, name: string): void {
  stream.addEventListener(name, (message) => {
    // The first word on a fresh connection is "ask again", but the page has only just asked.
    if (name === 'resync' && !seen) seen = true
    else tell(eventOf(name, (message as MessageEvent<string>).data))
  })
}

function eventOf(name: string, text: string): LiveEvent {
  try {
    const data = JSON.parse(text) as Record<string, unknown>
    if (name === 'order' || name === 'notice' || name === 'resync') return { ...data, kind: name } as LiveEvent
    return { kind: 'other', name, data }
  } catch {
    return { kind: 'resync' }
  }
}

/** Back on the network the stream is opened at once; its first word makes the pages ask again. */
whenBackOnline(() => {
  if (!isSignedIn() || source?.readyState === EventSource.OPEN) return
  wait = FIRST_RETRY_MS
  void connect()
})

/** Begins to listen: server-sent events; while there is no stream, pages ask again every ten seconds. */
export function startLive(): void {
  stopLive()
  if (!isSignedIn()) return
  seen = false
  wait = FIRST_RETRY_MS
  void connect()
}

export function stopLive(): void {
  turn += 1
  clearTimeout(retry)
  source?.close()
  source = null
  stopPolling()
}

/** Hears a further kind of event from the server, from the next connection on; areas call it when they are loaded. */
export function hear(name: string): void {
  if (more.has(name)) return
  more.add(name)
  if (source) listenFor(source, name)
}

/** Listens until the returned function is called. */
export function onLive(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
