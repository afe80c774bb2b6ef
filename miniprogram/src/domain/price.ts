import { yuan } from './money'

/** Between which prices a product may be sold, and whose rule that is. */
export interface Limits {
  floor_fen: number
  guide_fen: number
  ceiling_fen: number
  source: string
}

/** What a person types as a price → integer fen, without floats; null for what is none. */
export function parseFen(text: string): number | null {
  const plain = text.replace(/[０-９．]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)).replace(/[\s,¥￥]/g, '').replace(/。/g, '.')
  const match = /^(\d{1,7})(?:\.(\d{0,2}))?$/.exec(plain)
  if (!match) return null
  const fen = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
  return fen > 0 ? fen : null
}

/** Why a price cannot be set; empty when it can. */
export function complaint(text: string, limits: Limits): string {
  const fen = parseFen(text)
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
