import { describe, expect, it } from 'vitest'
import { grouped, parseFen, yuan, yuanShort } from '@/domain/money'

describe('amounts', () => {
  it('are shown with sign, thousands and both decimals', () => {
    expect(yuan(123450)).toBe('¥1,234.50')
    expect(yuan(0)).toBe('¥0.00')
    expect(yuan(-5)).toBe('-¥0.05')
    expect(yuan(100000000)).toBe('¥1,000,000.00')
    expect(grouped(1234567)).toBe('1,234,567')
  })

  it('are shown short from ten thousand yuan on', () => {
    expect(yuanShort(999_999)).toBe('¥9,999.99')
    expect(yuanShort(123_456_700)).toBe('¥123.46万')
    expect(yuanShort(-1_000_000)).toBe('-¥1.00万')
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
})
