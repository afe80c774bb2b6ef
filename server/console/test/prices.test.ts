import { describe, expect, it } from 'vitest'
import { judge, parsePercent, pasted, typed, type GridRow } from '@/areas/prices/edits'

const limits = { floor_fen: 150, guide_fen: 300, ceiling_fen: 600, source: '湖南省指导价' }
const cell = { price_fen: 300, entry_id: 1, until_on: null, base_fen: null, next_from: null, next_fen: null, offered: true }
const row: GridRow = { product_id: 7, product_code: 'P7', product_name: '苏打水', spec: '', base_unit: '瓶', limits, cells: [cell] }

describe('prices typed into the grid', () => {
  it('would be saved outside the limits if the cell did not say so', () => {
    expect(judge('1.49', limits).wrong).toBe('应在 ¥1.50 到 ¥6.00 之间（湖南省指导价）')
    expect(judge('6.01', limits).wrong).not.toBe('')
    expect(judge('1.50', limits)).toEqual({ fen: 150, wrong: '' })
    expect(judge('６．００', limits)).toEqual({ fen: 600, wrong: '' })
  })

  it('would be read as another price if what is none were guessed at', () => {
    for (const text of ['abc', '1.234', '-2', '0', '3 元半']) expect(judge(text, limits).wrong).toBe('请填写金额，最多两位小数')
  })

  it('would be sent though nothing changed, or lost though something did', () => {
    expect(typed(row, 'standard', cell, '3')).toBeNull()
    expect(typed(row, 'standard', cell, '3.10')).toMatchObject({ productId: 7, fen: 310, wrong: '' })
    // Emptied: no longer offered; empty before and after: nothing.
    expect(typed(row, 'standard', cell, '')).toMatchObject({ fen: null, wrong: '' })
    expect(typed(row, 'standard', { ...cell, price_fen: null }, '')).toBeNull()
    // A buyer's price that is as high as its group's is one of its own all the same.
    expect(typed(row, 'buyer', { ...cell, inherited: true }, '3.00')).toMatchObject({ fen: 300 })
  })

  it('would land in the wrong cells if a block of a spreadsheet were cut up otherwise than it was copied', () => {
    expect(pasted('2.80\t2.70\r\n\t2.60\r\n')).toEqual([['2.80', '2.70'], ['', '2.60']])
    expect(pasted('2.80\n\n3.00')).toEqual([['2.80'], [''], ['3.00']])
  })

  it('would be raised by ten times as much if a percentage were misread', () => {
    expect(parsePercent('103')).toBe(10_300)
    expect(parsePercent('103.5%')).toBe(10_350)
    expect(parsePercent('9')).toBeNull()
    expect(parsePercent('五')).toBeNull()
  })
})
