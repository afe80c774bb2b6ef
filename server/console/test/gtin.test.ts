import { describe, expect, it } from 'vitest'
import { caseOf, checkDigit, gtinComplaint, gtinKind, printed } from '@/areas/products/gtin'

describe('a barcode while it is typed', () => {
  // 690123456789: 9·3+8+7·3+6+5·3+4+3·3+2+1·3+0+9·3+6 = 128 → 2; with the indicator 1 in front 131 → 9.
  it('has the check digit of GS1', () => {
    expect(checkDigit('690123456789')).toBe(2)
    expect(checkDigit('1690123456789')).toBe(9)
  })

  it('says what is wrong, and nothing when it is right', () => {
    expect(gtinComplaint('6901234567892')).toBe('')
    expect(gtinComplaint(' 6901234-567892 ')).toBe('')
    expect(gtinComplaint('６９０１２３４５６７８９２')).toBe('')
    expect(gtinComplaint('6901234567891')).toContain('应为 2')
    expect(gtinComplaint('69012')).toContain('5 位')
    expect(gtinComplaint('69012345678A2')).toContain('数字')
    expect(gtinComplaint('')).not.toBe('')
  })

  it('is called as people call it, and printed as it stands on the goods', () => {
    expect([gtinKind('6901234567892'), gtinKind('16901234567899')]).toEqual(['EAN-13', 'ITF-14'])
    expect([printed('06901234567892'), printed('16901234567899')]).toEqual(['6901234567892', '16901234567899'])
  })

  it('proposes that of the case', () => {
    expect(caseOf('6901234567892')).toBe('16901234567899')
    expect(caseOf('6901234567891')).toBe('')
  })
})
