import { describe, expect, it } from 'vitest'
import { limitOf, qtyOf } from '@/domain/alerts'
import { everyDay } from '@shared/series'

const figures = { available: 10, on_way: 0, used: 120, window_days: 30, cover_days: 2, excess: 0, ageing: 0, expired: 0, nearest_expiry: null }

describe('alerts', () => {
  it('says where the threshold lies: the quantity, or what is used in its days', () => {
    expect(limitOf({ limit_qty: 48, limit_days: null, figures })).toBe(48)
    // 120 in 30 days are 4 a day: 7 days are 28
    expect(limitOf({ limit_qty: null, limit_days: 7, figures })).toBe(28)
    expect(limitOf({ limit_qty: null, limit_days: 7, figures: { ...figures, used: 0 } })).toBeNull()
  })

  it('says quantities as people count them', () => {
    expect(qtyOf({ case_qty: 24, case_name: '箱', base_unit: '瓶' }, 58)).toBe('2箱10瓶')
  })

  it('has a figure for every day, also across the end of a month', () => {
    const days = [{ day: '2026-02-28', qty: 3 }, { day: '2026-03-02', qty: 5 }]
    expect(everyDay(days, 4, '2026-03-02')).toEqual([0, 3, 0, 5])
  })
})
