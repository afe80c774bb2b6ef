import { expect, test } from 'vitest'
import { asReceived, countedLines, unexplained } from '@/domain/transfer'
import { asProposed, emptyTransfer, missingOf, withGoods, withQty } from '@/domain/transfer-draft'

const soda = { product_id: 1, name: '苏打水', base_unit: '瓶', unit_qty: 24, packaging_name: '箱', free: 96 }
const lot = (no: number, qty: number) => ({ no, lot_code: `A${no}`, expires_on: null, qty, received_qty: 0, damaged_qty: 0, short_qty: 0, note: '' })
const transfer = { lines: [{ line_no: 1, product_id: 1, product_code: 'P1', product_name: '苏打水', base_unit: '瓶', case_name: '箱', case_qty: 24, qty: 72, price_fen: 300, price_from: 'bought' as const, lots: [lot(1, 48), lot(2, 24)] }] }

test('the same goods scanned again are more of one line, and none of them is no line', () => {
  const draft = emptyTransfer('between')
  draft.lines = withGoods(draft, soda, 24)
  draft.lines = withGoods(draft, soda, 24)
  expect(draft.lines.map((line) => line.qty)).toEqual([48])
  expect(withQty(draft, 1, 0)).toEqual([])
})

test('a transfer is not proposed before both ends, goods and a reason are said', () => {
  const draft = { ...emptyTransfer('within'), from_place: 3 }
  expect(missingOf(draft)).toBe('ends')
  draft.to_place = 3
  expect(missingOf(draft)).toBe('same')
  draft.to_place = 4
  expect(missingOf(draft)).toBe('goods')
  draft.lines = withGoods(draft, soda, 24)
  expect(missingOf(draft)).toBe('reason')
  draft.more = ' 仓库放不下 '
  expect(missingOf(draft)).toBeNull()
  expect(asProposed(draft)).toEqual({ from_warehouse_id: 3, to_warehouse_id: 4, reason: '仓库放不下', lines: [{ product_id: 1, qty: 24 }] })
})

test('goods that are asked of the supplier name no warehouse of his', () => {
  const draft = { ...emptyTransfer('take'), from_place: 3, to_place: 4, why: '那边缺货', lines: withGoods(emptyTransfer('take'), soda, 24) }
  expect(asProposed(draft)).toEqual({ supplier: 'gives', to_warehouse_id: 4, reason: '那边缺货', lines: [{ product_id: 1, qty: 24 }] })
})

test('nobody gives to himself', () => {
  expect(missingOf({ ...emptyTransfer('between'), from: { id: 5, name: '甲' }, to: { id: 5, name: '甲' } })).toBe('ends')
  expect(missingOf(emptyTransfer('between'))).toBe('ends')
})

test('what arrived complete is not written out, what did not is sent with its word, lot by lot', () => {
  const lines = countedLines(transfer)
  expect(lines.map((line) => [line.line_no, line.qty, line.unit_qty])).toEqual([[1, 48, 24], [2, 24, 24]])
  const counts = { 1: { good: 48, damaged: 0, note: '' }, 2: { good: 20, damaged: 1, note: '' } }
  // 24 were sent: 20 good, 1 broken, 3 missing.
  expect(unexplained(lines, counts)?.line_no).toBe(2)
  counts[2].note = '箱子压破'
  expect(unexplained(lines, counts)).toBeUndefined()
  expect(asReceived(lines, counts)).toEqual([{ no: 2, received_qty: 20, damaged_qty: 1, note: '箱子压破' }])
})
