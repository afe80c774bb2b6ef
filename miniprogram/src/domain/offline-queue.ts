import type { NewOrder } from '@/api/types'
import { ApiProblem, messageOf } from '@shared/problem'
import type { CartLine } from './cart'

/** An order on its way to the server. It is written down before the first try and leaves with the answer. */
export interface WaitingOrder {
  /** Its Idempotency-Key, the same for every try: however often it is sent, there is one order. */
  key: string
  body: NewOrder
  /** What was in the cart, to show it and to put it back when the server refuses. */
  lines: CartLine[]
  supplier_name: string
  /** For whom the supplier's people wrote it down; none for an own order. */
  buyer?: { id: number; name: string }
  /** What the buyer was told it costs. */
  total_fen: number
  created_at: string
  state: 'waiting' | 'sending' | 'refused'
  problem: { code: string; detail: string; members: Record<string, unknown> } | null
}

/** Whether the server's no is a warning that its sender may pass: the rules are the own ones, the order is for a customer. */
export function passable(item: WaitingOrder): boolean {
  return item.state === 'refused' && item.problem?.code === 'order_rules' && item.problem.members.may_override === true
}

export interface QueueStore {
  read: () => WaitingOrder[]
  write: (items: WaitingOrder[]) => void
}

/**
 * Orders made offline (and every other one, for the time of its request): kept on the device, sent one after the
 * other with their own key, kept while no answer comes, shown as refused when the server says no.
 */
export class OfflineQueue<Result> {
  private running: Promise<void> | null = null
  private readonly results = new Map<string, Result>()

  constructor(
    private readonly store: QueueStore,
    private readonly send: (item: WaitingOrder) => Promise<Result>,
    private readonly changed: (items: WaitingOrder[]) => void,
  ) {
    // Whatever was under way when the app was closed has an unknown fate: it is sent again with its key.
    this.put(this.store.read().map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item)))
  }

  get items(): WaitingOrder[] {
    return this.store.read()
  }

  add(item: Omit<WaitingOrder, 'state' | 'problem'>): void {
    if (this.items.some((old) => old.key === item.key)) return
    this.put([...this.items, { ...item, state: 'waiting', problem: null }])
  }

  drop(key: string): void {
    this.put(this.items.filter((item) => item.key !== key))
  }

  /** Lets a refused order wait again with the warning passed; under a new key, as it says something else now. */
  pass(key: string, newKey: string): void {
    this.put(
      this.items.map((item) =>
        item.key === key && passable(item)
          ? { ...item, key: newKey, body: { ...item.body, override_rules: true }, state: 'waiting', problem: null }
          : item,
      ),
    )
  }

  /** Sends what waits, oldest first; several calls at once are one. */
  flush(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null
    })
    return this.running
  }

  /** The answer to a key that was sent by this run of the app, once. */
  takeResult(key: string): Result | undefined {
    const found = this.results.get(key)
    this.results.delete(key)
    return found
  }

  private async run(): Promise<void> {
    const tried = new Set<string>()
    for (;;) {
      const next = this.items.find((item) => item.state === 'waiting' && !tried.has(item.key))
      if (!next) return
      tried.add(next.key)
      if (!(await this.sendOne(next))) return
    }
  }

  /** Returns false when there is no use in trying the next one. */
  private async sendOne(item: WaitingOrder): Promise<boolean> {
    this.set(item.key, { state: 'sending' })
    try {
      this.results.set(item.key, await this.send(item))
      this.drop(item.key)
      return true
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : null
      if (problem === null || problem.transient || problem.status === 401) {
        this.set(item.key, { state: 'waiting' })
        return false
      }
      const { code, members } = problem
      this.set(item.key, { state: 'refused', problem: { code, detail: messageOf(problem), members } })
      return true
    }
  }

  private set(key: string, change: Partial<WaitingOrder>): void {
    this.put(this.items.map((item) => (item.key === key ? { ...item, ...change } : item)))
  }

  private put(items: WaitingOrder[]): void {
    this.store.write(items)
    this.changed(items)
  }
}
