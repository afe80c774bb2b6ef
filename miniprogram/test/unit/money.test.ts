import { describe, expect, it } from 'vitest'
import { yuan, yuanDigits } from '@/domain/money'

describe('amounts', () => {
  it.each([
    [0, '¥0.00'],
    [5, '¥0.05'],
    [90, '¥0.90'],
    [100, '¥1.00'],
    [123_450, '¥1,234.50'],
    [100_000_000_007, '¥1,000,000,000.07'],
    [-5, '-¥0.05'],
    [-123_450, '-¥1,234.50'],
  ])('%d fen are shown as %s: every fen is there, and a debt looks like one', (fen, text) => {
    expect(yuan(fen)).toBe(text)
  })

  it('without the sign are grouped in the same way', () => {
    expect(yuanDigits(1_234_567_89)).toBe('1,234,567.89')
  })
})
