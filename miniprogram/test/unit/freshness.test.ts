import { expect, test } from 'vitest'
import { lifeLeft, shares } from '@/domain/freshness'

const NOON = new Date('2026-11-25T12:00:00')

test('a lot of 360 days that ends in 90 has a quarter of its life left, one that is over none', () => {
  expect(lifeLeft('2027-02-23', 360, NOON)).toBe(25)
  expect(lifeLeft('2026-11-24', 360, NOON)).toBe(0)
  // Longer than its shelf life says is no more than all of it.
  expect(lifeLeft('2028-11-25', 360, NOON)).toBe(100)
})

test('goods of which nobody knows the end show no share of a life', () => {
  expect(lifeLeft(null, 360, NOON)).toBeNull()
  expect(lifeLeft('2027-02-23', 0, NOON)).toBeNull()
})

test('the shares of the picture add up to a hundred, whatever is rounded', () => {
  // A third each: 33.33, the first gets what is left.
  expect(shares([1, 1, 1])).toEqual([34, 33, 33])
  // 0.5 and 99.5: both remainders are a half, the first in the list gets it.
  expect(shares([1, 199])).toEqual([1, 99])
  expect(shares([0, 0])).toEqual([0, 0])
})
