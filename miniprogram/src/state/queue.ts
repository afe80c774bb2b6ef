import { ref } from 'vue'
import { api } from '@/api/client'
import type { OrderPlaced } from '@/api/types'
import { OfflineQueue, type WaitingOrder } from '@/domain/offline-queue'
import { load, save } from '@/platform/storage'
import { newKey } from '@shared/keys'
import { ownKey, useSession } from './session'

const RETRY_MS = 15_000

const waiting = ref<WaitingOrder[]>([])
let queue: OfflineQueue<OrderPlaced> | null = null
let owner = ''
let timer: ReturnType<typeof setInterval> | undefined

/** Opens the signed-in account's queue and sends what is left from the last time. */
export function openQueue(): void {
  const key = ownKey('queue')
  if (queue && owner === key) return
  owner = key
  const account = useSession().me.value?.account_id
  queue = new OfflineQueue<OrderPlaced>(
    { read: () => load<WaitingOrder[]>(key) ?? [], write: (items) => void save(key, items) },
    (item) => {
      // Another account signed in on this device meanwhile: its token must not send this order.
      if (useSession().me.value?.account_id !== account) return Promise.reject(new Error('other account'))
      return api.post('/api/v1/orders', { body: item.body, idempotencyKey: item.key })
    },
    (items) => {
      if (owner === key) waiting.value = items
    },
  )
  clearInterval(timer)
  timer = setInterval(flushQueue, RETRY_MS)
  flushQueue()
}

export function closeQueue(): void {
  clearInterval(timer)
  queue = null
  owner = ''
  waiting.value = []
}

export function flushQueue(): void {
  if (waiting.value.some((item) => item.state === 'waiting')) void queue?.flush()
}

/** What became of a submitted order. */
export type Outcome = { kind: 'sent'; order: OrderPlaced } | { kind: 'waiting' } | { kind: 'refused'; item: WaitingOrder }

/** Writes an order down, then sends it; whatever happens to the app in between, it becomes one order. */
export async function submitOrder(item: Omit<WaitingOrder, 'state' | 'problem'>): Promise<Outcome> {
  if (!queue) return { kind: 'waiting' }
  queue.add(item)
  await queue.flush()
  // A flush that was already under way may have passed by before the order was added.
  if (waiting.value.some((left) => left.key === item.key && left.state === 'waiting')) await queue.flush()
  const order = queue.takeResult(item.key)
  if (order) return { kind: 'sent', order }
  const left = waiting.value.find((other) => other.key === item.key)
  if (left?.state === 'refused') return { kind: 'refused', item: left }
  return { kind: 'waiting' }
}

/** Submits a refused order all the same, where its sender may; a second tap finds nothing to pass. */
async function passWarning(key: string): Promise<void> {
  queue?.pass(key, newKey())
  await queue?.flush()
}

export function useQueue() {
  return {
    waiting,
    passWarning,
    drop: (key: string) => queue?.drop(key),
    flush: flushQueue,
  }
}
