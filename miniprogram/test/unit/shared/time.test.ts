import { describe, expect, it } from 'vitest'
import { exactTime, isoDay, relativeTime } from '@shared/time'

const now = new Date(2026, 10, 24, 14, 5, 30)
const ago = (ms: number) => new Date(now.getTime() - ms).toISOString()
const MINUTE = 60_000

describe('times', () => {
  it.each([
    [0, '刚刚'],
    [-2 * MINUTE, '刚刚'], // the phone's clock is slow: an order is not from the future
    [59_000, '刚刚'],
    [5 * MINUTE, '5分钟前'],
    [59 * MINUTE, '59分钟前'],
    [60 * MINUTE, '今天 13:05'],
    [14 * 60 * MINUTE, '今天 00:05'],
    [15 * 60 * MINUTE, '昨天 23:05'],
    [2 * 24 * 60 * MINUTE, '11-22 14:05'],
    [365 * 24 * 60 * MINUTE, '2025-11-24'],
  ])('%d ms ago is said as %s', (age, words) => {
    expect(relativeTime(ago(age), now)).toBe(words)
  })

  it('yesterday is the calendar day before, also over a new year', () => {
    expect(relativeTime(new Date(2025, 11, 31, 23, 0).toISOString(), new Date(2026, 0, 1, 8, 0))).toBe('昨天 23:00')
  })

  it('days keep their zeros, since the server takes nothing else', () => {
    expect(isoDay(new Date(2026, 0, 5))).toBe('2026-01-05')
    expect(exactTime(new Date(2026, 0, 5, 7, 3).toISOString())).toBe('2026-01-05 07:03')
  })
})
