import { effectScope } from 'vue'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LiveEvent } from '@/live/live'
import { useLive } from '@/patterns/useLive'

const listeners = new Set<(event: LiveEvent) => void>()
vi.mock('@/live/live', () => ({
  onLive: (listener: (event: LiveEvent) => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}))
const happens = (): void => listeners.forEach((listener) => listener({ kind: 'notice' } as LiveEvent))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a page that follows what happens', () => {
  it('is refreshed once for several events, and also where they never pause', () => {
    let refreshed = 0
    const scope = effectScope()
    scope.run(() => useLive(() => true, () => (refreshed += 1)))
    happens()
    happens()
    vi.advanceTimersByTime(300)
    expect(refreshed).toBe(1)
    // An event every 100 ms, for three seconds: ten times 300 ms.
    for (let step = 0; step < 30; step += 1) {
      happens()
      vi.advanceTimersByTime(100)
    }
    expect(refreshed).toBe(11)
    scope.stop()
    expect(listeners.size).toBe(0)
  })
})
