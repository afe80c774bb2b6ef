import { ApiProblem } from '@shared/problem'
import { forget, keysWith, load, save } from '@/platform/storage'
import { ownKey } from './session'

interface Kept<T> {
  at: string
  data: T
}

/** An answer, fresh or — with the time it was read — as this phone saw it last, because no answer came. */
export interface Seen<T> {
  data: T
  staleSince: string | null
}

/** What is kept of all such pages; a page of stock takes about 20 KB. */
const KEPT = 60

function prefix(): string {
  return `${ownKey('seen')}:`
}

function makeRoom(): void {
  const keys = keysWith(prefix())
  if (keys.length < KEPT) return
  const byAge = keys.map((key) => ({ key, at: load<Kept<unknown>>(key)?.at ?? '' })).sort((a, b) => (a.at < b.at ? -1 : 1))
  byAge.slice(0, KEPT / 4).forEach(({ key }) => forget(key))
}

/** Asks, and answers from the device where nobody does; `name` tells what was asked, with its filters. */
export async function lastSeen<T>(name: string, ask: () => Promise<T>): Promise<Seen<T>> {
  const key = prefix() + name
  try {
    const data = await ask()
    makeRoom()
    save(key, { at: new Date().toISOString(), data } satisfies Kept<T>)
    return { data, staleSince: null }
  } catch (error) {
    const kept = error instanceof ApiProblem && error.transient ? load<Kept<T>>(key) : undefined
    if (!kept) throw error
    return { data: kept.data, staleSince: kept.at }
  }
}
