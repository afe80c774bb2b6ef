import { describe, expect, it } from 'vitest'
import { caseOf, gtinComplaint, gtinKind } from '@/areas/products/gtin'

describe('a barcode while it is typed', () => {
  it('says what is wrong, and nothing when it is right', () => {
    expect(gtinComplaint('6901234567892')).toBe('')
    expect(gtinComplaint(' 6901234-567892 ')).toBe('')
    expect(gtinComplaint('６９０１２３４５６７８９２')).toBe('')
    expect(gtinComplaint('6901234567891')).toContain('应为 2')
    expect(gtinComplaint('69012')).toContain('5 位')
    expect(gtinComplaint('69012345678A2')).toContain('数字')
    expect(gtinComplaint('')).not.toBe('')
  })

  it('is called as people call it', () => {
    expect([gtinKind('6901234567892'), gtinKind('16901234567899')]).toEqual(['EAN-13', 'ITF-14'])
  })

  it('proposes that of the case', () => {
    expect(caseOf('6901234567892')).toBe('16901234567899')
    expect(caseOf('6901234567891')).toBe('')
  })
})
