import { ApiProblem } from '@shared/problem'

/** A case that was scanned, at its moment, with the key under which it is sent however often that is tried. */
export interface KeptScan {
  key: string
  code: string
  at: string
}

export interface KeptStore {
  read: () => KeptScan[]
  write: (items: KeptScan[]) => void
}

/** What became of a scan: told at once, kept until there is a network, or refused in the server's words. */
export type Outcome<Told> = { kind: 'told'; told: Told } | { kind: 'kept' } | { kind: 'refused'; problem: unknown }

/** Scans that are written down before they are sent, one after the other, so that a dead spot loses none. */
export class KeptScans<Told> {
  private running: Promise<void> = Promise.resolve()
  /** What became of the scans whose scanner still waits to hear it; whichever round has sent them. */
  private readonly outcomes = new Map<string, Outcome<Told>>()

  constructor(
    private readonly store: KeptStore,
    private readonly send: (scan: KeptScan) => Promise<Told>,
  ) {}

  get count(): number {
    return this.store.read().length
  }

  /** Keeps a scan, sends all that are kept, and says what became of this one. */
  async add(scan: KeptScan): Promise<Outcome<Told>> {
    this.store.write([...this.store.read(), scan])
    this.outcomes.set(scan.key, { kind: 'kept' })
    await this.flush()
    const outcome = this.outcomes.get(scan.key)!
    this.outcomes.delete(scan.key)
    return outcome
  }

  /** Sends what is kept, in its order; the first that gets no answer stops it. */
  flush(): Promise<void> {
    this.running = this.running.then(() => this.sendAll())
    return this.running
  }

  private async sendAll(): Promise<void> {
    for (let [next] = this.store.read(); next; [next] = this.store.read()) {
      const { key } = next
      try {
        this.hear(key, { kind: 'told', told: await this.send(next) })
      } catch (problem) {
        // No answer, or nobody is signed in: it is sent another time.
        if (!(problem instanceof ApiProblem) || problem.transient || problem.status === 401) return
        this.hear(key, { kind: 'refused', problem })
      }
      this.store.write(this.store.read().filter((one) => one.key !== key))
    }
  }

  private hear(key: string, outcome: Outcome<Told>): void {
    if (this.outcomes.has(key)) this.outcomes.set(key, outcome)
  }
}
