/** Integer fen → "¥1,234.50"; the only place where fen become yuan for the screen. */
export function yuan(fen: number): string {
  return `${fen < 0 ? '-' : ''}¥${yuanDigits(Math.abs(fen))}`
}

/** Integer fen → "1,234.50", for places that draw the currency sign themselves. */
export function yuanDigits(fen: number): string {
  const whole = Math.trunc(fen / 100)
  const cents = Math.abs(fen % 100)
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${grouped}.${String(cents).padStart(2, '0')}`
}

/** A short amount for narrow places: 1,234,500 fen → "1.23万"; below ten thousand yuan it stays exact. */
export function yuanShort(fen: number): string {
  if (Math.abs(fen) < 100_000_000) return yuan(fen)
  return `¥${(fen / 1_000_000).toFixed(1)}万`
}
