import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, shallowRef } from 'vue'
import type { Order } from '@/areas/orders/types'
import { useEager } from '@/areas/orders/useEager'

const id = ref(1)
const order = shallowRef<Order | null>(null)
let keys: ReturnType<typeof useEager>
let stop = (): void => undefined

async function shown(number: number): Promise<void> {
  order.value = { id: number } as Order
  await nextTick()
  await nextTick()
}

beforeEach(() => {
  vi.useFakeTimers()
  id.value = 1
  order.value = { id: 1 } as Order
  const scope = effectScope()
  scope.run(() => (keys = useEager(() => id.value, order, () => true)))
  stop = () => scope.stop()
})
afterEach(() => {
  stop()
  vi.useRealTimers()
})

describe('a key that comes before its order', () => {
  it('is kept for the next order after a decision, and done once', async () => {
    const run = vi.fn()
    keys.decided()
    keys.soon(run)
    expect(run).not.toHaveBeenCalled()
    id.value = 2
    order.value = null
    await shown(2)
    expect(run).toHaveBeenCalledTimes(1)
    await shown(2)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('is for no other order when somebody goes elsewhere meanwhile', async () => {
    const run = vi.fn()
    order.value = null
    keys.soon(run)
    id.value = 3
    await shown(3)
    expect(run).not.toHaveBeenCalled()
  })

  it('is forgotten where no next order comes', async () => {
    const late = vi.fn()
    keys.decided()
    keys.soon(late)
    vi.advanceTimersByTime(2_000)
    await shown(1)
    const now = vi.fn()
    keys.soon(now)
    expect([late.mock.calls.length, now.mock.calls.length]).toEqual([0, 1])
  })
})
