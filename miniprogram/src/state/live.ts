import { api } from '@/api/client'
import { hasEventStreams, openEventStream, type EventStream } from '@/platform/event-stream'
import { currentToken, refreshMe } from './session'

/** What happened, as the server tells it; pages ask again for what they show. */
export type LiveEvent =
  | { kind: 'order'; id: number; number: string; state: string; seller_id: number; buyer_id: number }
  | { kind: 'notice' }
  | { kind: 'price'; product_ids: number[] }
  | { kind: 'resync' }

const POLL_MS = 10_000
const ME_MS = 60_000
const FIRST_RETRY_MS = 3_000
const RETRY_MS = 30_000

const listeners = new Set<(event: LiveEvent) => void>()
let stream: EventStream | null = null
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
  stream?.close()
  stream = null
  if (!hasEventStreams()) return startPolling()
  const mine = turn
  let ticket: string
  try {
    ticket = (await api.post('/api/v1/events/ticket')).ticket
  } catch {
    if (mine === turn) again()
    return
  }
  if (mine === turn) open(ticket)
}

function open(ticket: string): void {
  stream = openEventStream(ticket, {
    open: () => {
      stopPolling()
      wait = FIRST_RETRY_MS
    },
    message: (name, data) => {
      // The first word on a fresh connection is "ask again", but the page has only just asked.
      if (name === 'resync' && !seen) seen = true
      else tell({ kind: name, ...(data as object) } as LiveEvent)
    },
    // Ended for newer pages of the same account: to come back would only end another.
    lost: (full) => (full ? startPolling() : again()),
  })
  if (!stream) startPolling()
}

/** Begins to listen: server-sent events where there are any, else asking every ten seconds. */
export function startLive(): void {
  stopLive()
  if (!currentToken()) return
  seen = false
  wait = FIRST_RETRY_MS
  void connect()
}

export function stopLive(): void {
  turn += 1
  clearTimeout(retry)
  stream?.close()
  stream = null
  stopPolling()
}

/** Listens until the returned function is called. */
export function onLive(listener: (event: LiveEvent) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
