import { describe, expect, it } from 'vitest'
import { checkCode, checkDigit, cleanCode, printedCode } from '@shared/gtin'

describe('barcodes', () => {
  // GS1 General Specifications, figure 7.9.1-1, works out 6 29 1041 50021 → 3.
  it('have the check digit of the GS1 example', () => {
    expect(checkDigit('629104150021')).toBe(3)
  })

  it.each([
    ['EAN-8', '96385074'],
    ['UPC-A', '036000291452'],
    ['EAN-13', '6291041500213'],
    ['ITF-14', '16291041500210'],
  ])('%s %s passes before the server is asked', (_kind, code) => {
    expect(checkCode(code)).toBe('ok')
  })

  it('every single wrong digit is caught, so that no other product lands in the cart', () => {
    const good = '6291041500213'
    for (let at = 0; at < good.length; at += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const read = good.slice(0, at) + String(digit) + good.slice(at + 1)
        expect(checkCode(read)).toBe(read === good ? 'ok' : 'check_digit')
      }
    }
  })

  it.each(['', '12345', '123456789', 'https://example.cn/x', '62910415002l3', '629104150021300'])(
    '%j is told from a barcode that was read badly',
    (text) => expect(checkCode(text)).toBe('not_gtin'),
  )

  it('are read although they are printed with spaces or end with the newline of a hand scanner', () => {
    expect(cleanCode(' 6 291041 500213\n')).toBe('6291041500213')
    expect(cleanCode('6-291041-500213')).toBe('6291041500213')
    expect(cleanCode('６２９１０４１５００２１３')).toBe('6291041500213')
  })

  it('are shown as they stand on the goods, without the nought that fills an EAN-13 up', () => {
    expect([printedCode('06901234567892'), printedCode('16901234567899')]).toEqual(['6901234567892', '16901234567899'])
  })
})
