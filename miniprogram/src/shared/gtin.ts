import { halfWidth } from './money'

/** How a scanned code looks before the server is asked. */
export type CodeCheck = 'ok' | 'not_gtin' | 'check_digit'

const LENGTHS = [8, 12, 13, 14]

/** GS1 General Specifications 7.9: weights 3 and 1 from the right, the check digit brings the sum to a multiple of ten. */
export function checkDigit(body: string): number {
  let sum = 0
  for (let index = 0; index < body.length; index += 1) {
    const digit = Number(body[body.length - 1 - index])
    sum += index % 2 === 0 ? digit * 3 : digit
  }
  return (10 - (sum % 10)) % 10
}

/** EAN-8, UPC-A, EAN-13 or ITF-14 with a right check digit; saves a round trip when the camera misread. */
export function checkCode(code: string): CodeCheck {
  if (!/^\d+$/.test(code) || !LENGTHS.includes(code.length)) return 'not_gtin'
  return checkDigit(code.slice(0, -1)) === Number(code.slice(-1)) ? 'ok' : 'check_digit'
}

/** The digits of what was scanned or typed; printed codes carry spaces and some scanners a final newline. */
export function cleanCode(text: string): string {
  return halfWidth(text).replace(/[\s-]/g, '')
}

/** A stored GTIN as it is printed on the goods: the zero that fills an EAN-13 up to 14 digits is not. */
export function printedCode(gtin: string): string {
  return gtin.replace(/^0(\d{13})$/, '$1')
}

/** The number of a goods issue note, as the barcode on the paper has it: CK, the day, a running number. */
export function isNoteNumber(code: string): boolean {
  return /^CK\d{12,}$/i.test(code)
}
