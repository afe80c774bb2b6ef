import { parsePrice, yuan } from '@shared/money'

/** Between which prices a product may be sold, and whose rule that is. */
export interface Limits {
  floor_fen: number
  guide_fen: number
  ceiling_fen: number
  source: string
}

/** Why a price cannot be set; empty when it can. */
export function complaint(text: string, limits: Limits): string {
  const fen = parsePrice(text)
  if (fen === null) return '请填写价格，最多两位小数'
  if (fen < limits.floor_fen) return `不能低于 ${yuan(limits.floor_fen)}（${limits.source}）`
  return fen > limits.ceiling_fen ? `不能高于 ${yuan(limits.ceiling_fen)}（${limits.source}）` : ''
}

/** Where a price stands on the bar from floor to ceiling, in per cent; outside it stands at the end. */
export function place(fen: number, limits: Limits): number {
  const width = limits.ceiling_fen - limits.floor_fen
  if (width <= 0) return 50
  return Math.round(Math.min(100, Math.max(0, ((fen - limits.floor_fen) / width) * 100)))
}

/** A price, or that there is none. */
export function priceWords(fen: number | null | undefined): string {
  return fen === null || fen === undefined ? '不供应' : yuan(fen)
}
