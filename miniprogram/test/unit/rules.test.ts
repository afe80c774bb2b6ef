import { describe, expect, it } from 'vitest'
import type { RuleSet } from '@/api/types'
import { isNoteNumber } from '@shared/gtin'
import { parsePrice } from '@shared/money'
import { forAll, merged } from '@/domain/rules'

const all = { kind: 'all' as const, key: '', buyer_id: null }
const one = { kind: 'buyer' as const, key: '转角店', buyer_id: 7 }
const rules: RuleSet = {
  version: 3,
  minimums: [{ audience: all, min_fen: 30_050 }, { audience: one, min_fen: 100 }],
  goods: [{ audience: all, product_id: 5, multiple: 6, target_name: '苏打水' }],
  calendars: [{ audience: all, weekdays: [1, 3], cut_off: '16:00', lead_days: 1 }],
  days: [],
  updated_by: null,
  updated_at: null,
}

describe('the rules of a dealer on the phone', () => {
  it('shows what holds for all stores', () => {
    expect(forAll(rules)).toEqual({ minimum: '300.5', cases: false, days: [1, 3], cutOff: '16:00', lead: 1 })
  })

  it('keeps the rules of single stores and products when the others change', () => {
    const sent = merged(rules, { minimum: '', cases: true, days: [], cutOff: '', lead: 0 })
    expect(sent.minimums).toEqual([{ audience: one, min_fen: 100 }])
    expect(sent.goods).toEqual([{ audience: all, product_id: 5, multiple: 6 }, { audience: { kind: 'all' }, whole_cases: true }])
    expect(sent.calendars).toEqual([])
    expect(sent.version).toBe(3)
  })

  it('reads amounts without floats', () => {
    expect(['300.5', '0.07', '12', '1.005', '', '0', 'x'].map(parsePrice)).toEqual([30_050, 7, 1_200, null, null, null, null])
  })

  it('tells the number of a delivery note from a product code', () => {
    expect(['CK261125000123', 'ck261125000123', '6901234567892', 'CK12'].map(isNoteNumber)).toEqual([true, true, false, false])
  })
})
