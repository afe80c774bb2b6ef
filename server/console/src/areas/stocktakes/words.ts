import type { Schemas } from '@/api/types'
import { inCases } from '@shared/quantity'

export type Stocktake = Schemas['Stocktake']
export type Summary = Schemas['StocktakeSummary']
export type Line = Schemas['StocktakeLine']
export type State = Summary['state']
export type Which = keyof Schemas['LineCounts']
export type Verb = Stocktake['can'][number]

export const STATES: Record<State, string> = {
  planned: '待盘点', counting: '盘点中', counted: '待处理差异', submitted: '待审批', adjusted: '已调整', rejected: '已驳回', cancelled: '已取消',
}
export const TONES: Record<State, string> = { planned: 'wait', counting: 'go', counted: 'wait', submitted: 'wait', adjusted: 'done', rejected: 'stop', cancelled: 'stop' }
export const WHICH: Record<Which, string> = { different: '有差异', uncounted: '未盘', unsure: '点数时有进出', left: '不调整', outside: '范围外', all: '全部' }
export const EVERY: Record<Schemas['Plan']['every'], string> = { week: '每周', month: '每月', quarter: '每季度' }

export const CANCEL_REASONS = ['盘点范围有误', '临时有事', '人手不够'] as const
export const REJECTIONS = ['差异太大，请重新盘', '请先说明原因'] as const

/** What is counted. */
export function scopeOf(one: Pick<Summary, 'scope' | 'category' | 'product_count'>): string {
  if (one.scope === 'category') return one.category?.name ?? ''
  return one.scope === 'all' ? '全仓' : `${one.product_count} 种商品`
}

/** In cases and pieces, with its sign. */
export function words(line: Pick<Line, 'case_qty' | 'case_name' | 'base_unit'>, qty: number | null): string {
  if (qty === null) return '—'
  return `${qty < 0 ? '−' : ''}${inCases(Math.abs(qty), line.case_qty, line.case_name, line.base_unit)}`
}
