import { beforeEach, expect, test, vi } from 'vitest'
import { ApiProblem, noAnswer } from '@shared/problem'
import { lastSeen } from '@/state/last-seen'
import { aPhone } from './support/uni'

let phone: ReturnType<typeof aPhone>
beforeEach(() => {
  vi.useRealTimers()
  phone = aPhone()
})

const offline = () => Promise.reject(noAnswer())

test('in a dead spot the stock that was seen last is shown, with the time it was seen', async () => {
  vi.useFakeTimers({ now: new Date('2026-11-25T08:00:00Z') })
  expect(await lastSeen('stock', () => Promise.resolve([48]))).toEqual({ data: [48], staleSince: null })
  vi.setSystemTime(new Date('2026-11-25T11:00:00Z'))
  expect(await lastSeen('stock', offline)).toEqual({ data: [48], staleSince: '2026-11-25T08:00:00.000Z' })
})

test('what was never seen is not made up, and another filter has an answer of its own', async () => {
  await lastSeen('stock:1', () => Promise.resolve([1]))
  await expect(lastSeen('stock:2', offline)).rejects.toMatchObject({ offline: true })
})

test('an answer that refuses is told, and not covered by an old one', async () => {
  await lastSeen('stock', () => Promise.resolve([1]))
  const refused = () => Promise.reject(new ApiProblem(403, 'forbidden', '没有权限'))
  await expect(lastSeen('stock', refused)).rejects.toMatchObject({ status: 403 })
})

test('a phone that is full of old pages forgets the oldest of them and goes on', async () => {
  for (let n = 0; n < 200; n += 1) await lastSeen(`page:${n}`, () => Promise.resolve(n))
  expect(phone.stored.size).toBeLessThanOrEqual(61)
  expect((await lastSeen('page:199', offline)).data).toBe(199)
})
