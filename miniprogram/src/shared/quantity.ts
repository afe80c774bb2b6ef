import { halfWidth } from './money'

/** What is needed of a packaging to say a quantity in it. */
export interface Pack {
  name: string
  unit_qty: number
}

/** The largest packaging that holds more than one base unit: the case. */
export function casePack<P extends Pack>(packagings: readonly P[]): P | undefined {
  return packagings.filter((pack) => pack.unit_qty > 1).sort((a, b) => b.unit_qty - a.unit_qty)[0]
}

/** The packaging of exactly one base unit: the piece. */
export function piecePack<P extends Pack>(packagings: readonly P[]): P | undefined {
  return packagings.find((pack) => pack.unit_qty === 1)
}

/** Base units → "3箱2瓶"; a product without a case is said in its base unit alone. */
export function casesAndPieces(qty: number, packagings: readonly Pack[], baseUnit: string): string {
  const pack = casePack(packagings)
  return pack ? inCases(qty, pack.unit_qty, pack.name, baseUnit) : `${qty}${baseUnit}`
}

/** Base units → "3箱2瓶" for a line that only knows the packaging it was ordered in. */
export function inCases(qty: number, unitQty: number, packagingName: string, baseUnit: string): string {
  if (unitQty <= 1) return `${qty}${baseUnit}`
  const sign = qty < 0 ? '-' : ''
  const cases = Math.trunc(Math.abs(qty) / unitQty)
  const rest = Math.abs(qty) % unitQty
  if (cases === 0) return `${sign}${rest}${baseUnit}`
  return `${sign}${cases}${packagingName}${rest ? `${rest}${baseUnit}` : ''}`
}

/** A typed quantity; null for what is no whole number, so that "1.5" does not become 15. */
export function parseQty(text: string): number | null {
  const digits = halfWidth(text).replace(/[\s,]/g, '')
  return /^\d{1,7}$/.test(digits) ? Number(digits) : null
}

/**
 * What a clerk types for a quantity, in cases and pieces → base units: "3" or "3箱" are cases, "3+2" and "3箱2瓶" cases
 * and pieces, "+2" and "2瓶" pieces. null for what cannot be read.
 */
export function parseCases(text: string, unitQty: number, packagingName: string, baseUnit: string): number | null {
  const plain = halfWidth(text).replace(/[\s,]/g, '').replace(/＋/g, '+')
  const name = plainly(packagingName)
  const base = plainly(baseUnit)
  if (unitQty <= 1) return parseQty(plain.replace(new RegExp(`${base}$`), ''))
  const typed =
    /^(?<cases>\d{1,7})$/.exec(plain) ??
    /^(?<cases>\d{0,7})\+(?<pieces>\d{1,9})$/.exec(plain) ??
    new RegExp(`^(?:(?<cases>\\d{1,7})${name})?(?:(?<pieces>\\d{1,9})${base})?$`).exec(plain)
  if (!plain || !typed) return null
  return Number(typed.groups?.cases ?? 0) * unitQty + Number(typed.groups?.pieces ?? 0)
}

function plainly(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
