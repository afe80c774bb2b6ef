/** Integer fen → "¥1,234.50"; the only place where fen become yuan for the screen. */
export function yuan(fen: number): string {
  return `${fen < 0 ? '-' : ''}¥${yuanDigits(Math.abs(fen))}`
}

/** Integer fen → "1,234.50", for places that draw the currency sign themselves. */
export function yuanDigits(fen: number): string {
  const whole = Math.trunc(fen / 100)
  const cents = Math.abs(fen % 100)
  return `${grouped(whole)}.${String(cents).padStart(2, '0')}`
}

/** What `qty` of `of` pieces are worth that are worth `whole` together, rounded down as the server does; no float loses a fen. */
export function partFen(whole: number, qty: number, of: number): number {
  if (of <= 0) return 0
  return Math.floor(whole / of) * qty + Math.floor(((whole % of) * qty) / of)
}

/** An amount where only its size matters: "¥123.46万" from ten thousand yuan on, exact below. */
export function yuanShort(fen: number): string {
  if (Math.abs(fen) < 1_000_000) return yuan(fen)
  const hundredths = Math.round(fen / 10_000)
  return `${fen < 0 ? '-' : ''}¥${yuanDigits(Math.abs(hundredths))}万`
}

/** 1234567 → "1,234,567". */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',')
}

/**
 * What a person types as an amount → integer fen, without floats: "1,234.5", "¥12", "１２．５" are amounts; null for
 * what is none ("1.234", "12元半").
 */
export function parseFen(text: string): number | null {
  const plain = halfWidth(text).replace(/[\s,¥]/g, '')
  const match = /^(-?)(\d{1,11})(?:\.(\d{0,2}))?$/.exec(plain)
  if (!match) return null
  const [, sign, whole, cents] = match
  const fen = Number(whole) * 100 + Number((cents ?? '').padEnd(2, '0'))
  return sign && fen ? -fen : fen
}

/** An amount above zero, as a price or a minimum is; null for everything else. */
export function parsePrice(text: string): number | null {
  const fen = parseFen(text)
  return fen && fen > 0 ? fen : null
}

/** Full-width digits and signs, as a Chinese keyboard makes them, into plain ones. */
export function halfWidth(text: string): string {
  return text
    .replace(/[０-９．，－]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/￥/g, '¥')
    .replace(/。/g, '.')
}
