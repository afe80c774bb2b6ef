import { afterEach, expect, it, vi } from 'vitest'
import { newKey } from '@shared/keys'

afterEach(() => vi.unstubAllGlobals())

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

it('two orders never share an idempotency key, or the second would vanish', () => {
  const keys = new Set(Array.from({ length: 500 }, newKey))
  expect(keys.size).toBe(500)
  for (const key of keys) expect(key).toMatch(UUID_4)
})

it('a phone without crypto (WeChat) can order too', () => {
  vi.stubGlobal('crypto', undefined)
  expect(newKey()).toMatch(UUID_4)
  expect(newKey()).not.toBe(newKey())
})
