import { halfWidth } from '@/domain/money'

/** The check digit of a GTIN's other digits: weights 3, 1, 3 … from the right, up to the next ten (GS1 7.9). */
export function checkDigit(body: string): number {
  const sum = [...body].reverse().reduce((total, digit, index) => total + Number(digit) * (index % 2 ? 1 : 3), 0)
  return (10 - (sum % 10)) % 10
}

/** Digits as typed or scanned, without blanks. */
export function gtinDigits(text: string): string {
  return halfWidth(text).replace(/[\s-]/g, '')
}

/** What is wrong with a barcode while it is typed; "" when nothing is. */
export function gtinComplaint(text: string): string {
  const digits = gtinDigits(text)
  if (!digits) return '请输入条码'
  if (!/^\d+$/.test(digits)) return '条码只有数字'
  if (![8, 12, 13, 14].includes(digits.length)) return `已输入 ${digits.length} 位；条码为 8、12、13 或 14 位`
  const expected = checkDigit(digits.slice(0, -1))
  return Number(digits.at(-1)) === expected ? '' : `校验位不对，最后一位应为 ${expected}`
}

/** The kind of a good barcode, as people call it. */
export function gtinKind(text: string): string {
  return { 8: 'EAN-8', 12: 'UPC-A', 13: 'EAN-13', 14: 'ITF-14' }[gtinDigits(text).length] ?? ''
}

/** The GTIN-14 of the server as it is printed: an EAN-13 without its leading nought. */
export function printed(gtin14: string): string {
  return gtin14.startsWith('0') ? gtin14.replace(/^0(?=\d{13}$)/, '') : gtin14
}

/** The ITF-14 of a case of a piece: indicator 1, the same number, its own check digit; "" without a good EAN-13. */
export function caseOf(piece: string): string {
  const digits = gtinDigits(piece)
  if (digits.length !== 13 || gtinComplaint(digits)) return ''
  const body = `1${digits.slice(0, 12)}`
  return body + String(checkDigit(body))
}
