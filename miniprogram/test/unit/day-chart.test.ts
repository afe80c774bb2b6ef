import { expect, test } from 'vitest'
import { barsOf, firstDay } from '@/domain/day-chart'

test('a day without a sale has its empty place in the chart, also over the end of a month', () => {
  const bars = barsOf('2026-11-29', '2026-12-02', [{ day: '2026-11-30', qty: 40 }, { day: '2026-12-02', qty: 10 }])
  expect(bars.map((bar) => [bar.day, bar.qty, bar.height])).toEqual([['2026-11-29', 0, 0], ['2026-11-30', 40, 100], ['2026-12-01', 0, 0], ['2026-12-02', 10, 25]])
})

test('one bottle beside a thousand can still be seen', () => {
  expect(barsOf('2026-11-01', '2026-11-02', [{ day: '2026-11-01', qty: 1 }, { day: '2026-11-02', qty: 1000 }])[0]!.height).toBe(3)
})

test('seven days up to today are today and the six before it', () => {
  expect(firstDay(7, new Date('2026-12-03T10:00:00'))).toBe('2026-11-27')
})
