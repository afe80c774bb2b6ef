import { nextTick, onScopeDispose, watch, type ShallowRef } from 'vue'
import type { Order } from './types'

const PATIENCE_MS = 2_000

/**
 * Keys that come faster than orders: pressed while the next order is still on its way, a key is kept for it and not lost.
 * `follows`: after a decision the list puts the next order in the place of this one.
 */
export function useEager(id: () => number, order: ShallowRef<Order | null>, follows: () => boolean) {
  let waiting: (() => unknown) | null = null
  let leaving = false
  let timer: ReturnType<typeof setTimeout> | undefined

  function stay(): void {
    leaving = false
    waiting = null
  }

  /** Runs it now, or as soon as the order is there. */
  function soon(run: () => unknown): void {
    if (order.value && !leaving) void run()
    else waiting = run
  }

  /** This order is done with; what is pressed now is meant for the next. */
  function decided(): void {
    if (!follows()) return
    leaving = true
    clearTimeout(timer)
    timer = setTimeout(stay, PATIENCE_MS)
  }

  watch(id, () => {
    clearTimeout(timer)
    // A key for an order that was left by hand is for no other.
    if (!leaving) waiting = null
    leaving = false
  }, { flush: 'sync' })
  watch(order, async (now) => {
    if (!now || leaving || !waiting) return
    const run = waiting
    waiting = null
    await nextTick()
    void run()
  })
  onScopeDispose(() => clearTimeout(timer))
  return { soon, decided }
}
