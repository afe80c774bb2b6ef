import { ref } from 'vue'
import { api } from '@/api/client'
import type { Way } from '@/api/types'
import { KeptScans, type KeptScan, type Outcome } from '@/domain/kept-scans'
import { load, save } from '@/platform/storage'
import { newKey } from '@shared/keys'
import { ownKey, useSession } from './session'

/** Cases that were scanned as they arrived and that the server does not know of yet. */
const waiting = ref(0)
let kept: KeptScans<Way> | null = null
let owner = ''

/** The signed-in account's own scans; what is left from the last time is sent. */
export function openArrivals(): void {
  const key = ownKey('arrivals')
  if (kept && owner === key) return flushArrivals()
  owner = key
  const account = useSession().me.value?.account_id
  const read = () => load<KeptScan[]>(key) ?? []
  const write = (items: KeptScan[]) => {
    save(key, items)
    if (owner === key) waiting.value = items.length
  }
  kept = new KeptScans<Way>({ read, write }, ({ code, at, key: idempotencyKey }) => {
    // Another account signed in on this device meanwhile: it must not say that it has seen this case.
    if (useSession().me.value?.account_id !== account) return Promise.reject(new Error('other account'))
    return api.post('/api/v1/trace/scans', { body: { code, at }, idempotencyKey })
  })
  waiting.value = read().length
  flushArrivals()
}

export function closeArrivals(): void {
  kept = null
  owner = ''
  waiting.value = 0
}

export function flushArrivals(): void {
  if (waiting.value > 0) void kept?.flush()
}

/** Notes that a case has arrived: once, at this moment, whenever the network comes back. */
export async function noteArrival(code: string): Promise<Outcome<Way>> {
  openArrivals()
  return kept!.add({ key: newKey(), code, at: new Date().toISOString() })
}

export function useArrivals() {
  return { waiting }
}
