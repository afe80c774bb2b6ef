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
  const digits = text.trim()
  return /^\d{1,7}$/.test(digits) ? Number(digits) : null
}
