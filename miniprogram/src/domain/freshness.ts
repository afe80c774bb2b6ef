import type { StockItem } from '@/api/types'
import { daysUntil } from '@shared/time'

export type Freshness = StockItem['freshness']

/** The colours of shelf life, the same in the list, in the picture and on each lot. */
export const FRESH_TONES: Record<Freshness, string> = { fresh: 'var(--done)', last_third: '#c9a227', soon: 'var(--accent)', expired: 'var(--stop)', undated: '#b9c3bc' }

/** How much of its life a lot has left, in percent; null where nobody knows one of the two. */
export function lifeLeft(expiresOn: string | null, shelfLifeDays: number, now: Date = new Date()): number | null {
  if (!expiresOn || shelfLifeDays <= 0) return null
  return Math.max(0, Math.min(100, Math.round((daysUntil(expiresOn, now) * 100) / shelfLifeDays)))
}

/** The parts of a whole in percent that add up to 100: the largest remainders get what rounding left. */
export function shares(values: readonly number[]): number[] {
  const whole = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  if (whole === 0) return values.map(() => 0)
  const exact = values.map((value) => (Math.max(0, value) * 100) / whole)
  const found = exact.map(Math.floor)
  const order = exact.map((value, index) => ({ index, rest: value - Math.floor(value) })).sort((a, b) => b.rest - a.rest)
  const left = 100 - found.reduce((sum, value) => sum + value, 0)
  order.slice(0, left).forEach(({ index }) => (found[index]! += 1))
  return found
}
