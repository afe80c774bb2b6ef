import { checkDigit, cleanCode } from '@shared/gtin'

/** What is wrong with a barcode while it is typed; "" when nothing is. */
export function gtinComplaint(text: string): string {
  const digits = cleanCode(text)
  if (!digits) return '请输入条码'
  if (!/^\d+$/.test(digits)) return '条码只有数字'
  if (![8, 12, 13, 14].includes(digits.length)) return `已输入 ${digits.length} 位；条码为 8、12、13 或 14 位`
  const expected = checkDigit(digits.slice(0, -1))
  return Number(digits.at(-1)) === expected ? '' : `校验位不对，最后一位应为 ${expected}`
}

/** The kind of a good barcode, as people call it. */
export function gtinKind(text: string): string {
  return { 8: 'EAN-8', 12: 'UPC-A', 13: 'EAN-13', 14: 'ITF-14' }[cleanCode(text).length] ?? ''
}

/** The ITF-14 of a case of a piece: indicator 1, the same number, its own check digit; "" without a good EAN-13. */
export function caseOf(piece: string): string {
  const digits = cleanCode(piece)
  if (digits.length !== 13 || gtinComplaint(digits)) return ''
  const body = `1${digits.slice(0, 12)}`
  return body + String(checkDigit(body))
}
