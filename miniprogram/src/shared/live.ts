/** What happened, as the server tells it; pages ask again for what they show. */
export type LiveEvent =
  | { kind: 'order'; id: number; number: string; state: string; seller_id: number; buyer_id: number }
  | { kind: 'notice' }
  | { kind: 'price'; product_ids: number[] }
  | { kind: 'resync' }
  // What other modules tell of; a page knows the kinds that it listens to.
  | { kind: 'other'; name: string; data: Record<string, unknown> }

const KNOWN = ['order', 'notice', 'price', 'resync']

export interface EventStream {
  close: () => void
  readonly connected: boolean
}

export interface StreamHandlers {
  open: () => void
  message: (name: string, data: Record<string, unknown>) => void
  /** The connection is gone, and with it its ticket; `full`: the server ended it for newer ones of the account. */
  lost: (full: boolean) => void
}

/** What live updates need of the app that shows them. */
export interface LiveHost {
  signedIn: () => boolean
  refreshMe: () => Promise<unknown>
  /** Whether there are streams at all, so that nobody asks for a ticket in vain. */
  hasStreams: () => boolean
  /** A ticket opens one stream, once. */
  ticket: () => Promise<string>
  open: (ticket: string, names: readonly string[], handlers: StreamHandlers) => EventStream | null
}

const POLL_MS = 10_000
const ME_MS = 60_000
const FIRST_RETRY_MS = 3_000
const RETRY_MS = 30_000

/** Live updates: a stream of events where there is one; while there is none, pages ask again every ten seconds. */
export class LiveUpdates {
  private readonly listeners = new Set<(event: LiveEvent) => void>()
  private readonly names = new Set(KNOWN)
  private stream: EventStream | null = null
  private poll: ReturnType<typeof setInterval> | undefined
  private retry: ReturnType<typeof setTimeout> | undefined
  private seen = false
  private askedMe = 0
  private wait = FIRST_RETRY_MS
  /** Counts the tries and ends, so that a ticket that comes too late opens nothing. */
  private turn = 0

  constructor(private readonly host: LiveHost) {}

  start(): void {
    this.stop()
    if (!this.host.signedIn()) return
    this.seen = false
    this.wait = FIRST_RETRY_MS
    void this.connect()
  }

  stop(): void {
    this.turn += 1
    clearTimeout(this.retry)
    this.close()
    this.stopPolling()
  }

  /** Back on the network the stream is opened at once; its first word makes the pages ask again. */
  reconnect(): void {
    if (!this.host.signedIn() || this.stream?.connected) return
    this.wait = FIRST_RETRY_MS
    void this.connect()
  }

  /** Hears a further kind of event from the server, from the next connection on. */
  hear(name: string): void {
    this.names.add(name)
  }

  /** Listens until the returned function is called. */
  on(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  private async connect(): Promise<void> {
    clearTimeout(this.retry)
    this.close()
    if (!this.host.hasStreams()) return this.startPolling()
    this.turn += 1
    const mine = this.turn
    try {
      const ticket = await this.host.ticket()
      if (mine === this.turn) this.open(ticket)
    } catch {
      if (mine === this.turn) this.again()
    }
  }

  private open(ticket: string): void {
    this.stream = this.host.open(ticket, [...this.names], {
      open: () => {
        this.stopPolling()
        this.wait = FIRST_RETRY_MS
      },
      message: (name, data) => this.hearWord(name, data),
      // Ended for newer pages of the same account: to come back would only end another.
      lost: (full) => (full ? this.startPolling() : this.again()),
    })
    if (!this.stream) this.startPolling()
  }

  private close(): void {
    this.stream?.close()
    this.stream = null
  }

  private again(): void {
    this.startPolling()
    clearTimeout(this.retry)
    this.retry = setTimeout(() => void this.connect(), this.wait)
    this.wait = RETRY_MS
  }

  private hearWord(name: string, data: Record<string, unknown>): void {
    // The first word on a fresh connection is "ask again", but the page has only just asked.
    if (name === 'resync' && !this.seen) this.seen = true
    else this.tell(KNOWN.includes(name) ? ({ ...data, kind: name } as LiveEvent) : { kind: 'other', name, data })
  }

  private tell(event: LiveEvent): void {
    // Live messages carry no figures; how many notices are unread stands in the own account. A stream that was opened
    // anew may have ended because the account may do something else now.
    if (event.kind === 'notice' || (event.kind === 'resync' && this.meIsOld())) {
      this.askedMe = Date.now()
      void this.host.refreshMe().catch(() => undefined)
    }
    this.listeners.forEach((listener) => listener(event))
  }

  /** While pages poll, who one is need not be asked as often as what is shown. */
  private meIsOld(): boolean {
    return this.poll === undefined || Date.now() - this.askedMe >= ME_MS
  }

  private startPolling(): void {
    this.poll ??= setInterval(() => this.tell({ kind: 'resync' }), POLL_MS)
  }

  private stopPolling(): void {
    clearInterval(this.poll)
    this.poll = undefined
  }
}
