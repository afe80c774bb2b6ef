import { describe, expect, it } from 'vitest'
import { parsePrice } from '@shared/money'
import { complaint, place } from '@/domain/price'

const limits = { floor_fen: 150, guide_fen: 300, ceiling_fen: 600, source: '湖南省指导价' }

describe('a price typed on the phone', () => {
  it('would be set a hundred times too high if yuan and fen were mixed up', () => {
    expect(parsePrice('2.8')).toBe(280)
    expect(parsePrice('¥1,234.56')).toBe(123_456)
    expect(parsePrice('３．５')).toBe(350)
    for (const text of ['', '0', '2.805', 'abc', '-1']) expect(parsePrice(text)).toBeNull()
  })

  it('would be refused without a reason if the field did not name limit and rule', () => {
    expect(complaint('1.49', limits)).toBe('不能低于 ¥1.50（湖南省指导价）')
    expect(complaint('6.01', limits)).toBe('不能高于 ¥6.00（湖南省指导价）')
    expect(complaint('x', limits)).toBe('请填写价格，最多两位小数')
    expect(complaint('1.50', limits)).toBe('')
    expect(complaint('6', limits)).toBe('')
  })

  it('would stand in the wrong place of the bar', () => {
    expect(place(150, limits)).toBe(0)
    expect(place(375, limits)).toBe(50)
    expect(place(900, limits)).toBe(100)
    expect(place(300, { ...limits, floor_fen: 300, ceiling_fen: 300 })).toBe(50)
  })
})
