import { describe, expect, it } from 'vitest'
import { parseFen, parsePrice, partFen, yuan, yuanDigits, yuanShort } from '@shared/money'

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

  it('are shown short from ten thousand yuan on', () => {
    expect(yuanShort(999_999)).toBe('¥9,999.99')
    expect(yuanShort(123_456_700)).toBe('¥123.46万')
    expect(yuanShort(-1_000_000)).toBe('-¥1.00万')
  })

  it.each([
    [9_200, 20, 29, 6_344], // 9,200 × 20 ÷ 29 = 6,344.8
    [9_200, 29, 29, 9_200], // all of it is all, though one is 317.2
    [10, 3, 4, 7], // 7.5
    [900_000_000_000_001, 999_999, 1_000_000, 899_999_100_000_000], // 899,999,100,000,000.99, beyond what a float product keeps
    [0, 0, 0, 0],
  ])('%d fen for all: %d of %d pieces are worth what the server credits', (whole, qty, of, fen) => {
    expect(partFen(whole, qty, of)).toBe(fen)
  })

  it('are read without floats, as people type them', () => {
    expect(parseFen('1,234.5')).toBe(123450)
    expect(parseFen('¥ 12')).toBe(1200)
    expect(parseFen('１２．０５')).toBe(1205)
    expect(parseFen('0.07')).toBe(7)
    expect(parseFen('99999999999.99')).toBe(9_999_999_999_999)
    expect(parseFen('8.')).toBe(800)
    expect(parseFen('-3')).toBe(-300)
  })

  it('that are none are refused, never rounded', () => {
    for (const text of ['', '1.234', '12元半', '1e3', '.', '--1', '1.2.3']) expect(parseFen(text)).toBeNull()
  })

  it('as prices are above zero, or goods would be given away by a slip of the finger', () => {
    expect(['2.8', '¥1,234.56', '０.5', '0', '-1', ''].map(parsePrice)).toEqual([280, 123_456, 50, null, null, null])
  })
})
