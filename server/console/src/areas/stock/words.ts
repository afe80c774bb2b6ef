import type { Schemas } from '@/api/types'
import { inCases } from '@shared/quantity'

export type Freshness = Schemas['StockBalance']['freshness']

/** The classes of freshness as the server has them, with the colour that the attention asks for. */
export const FRESH: Record<Freshness, { name: string; tag: string; color: string }> = {
  expired: { name: '已过期', tag: 'tag-stop', color: '#b3352a' },
  soon: { name: '临期', tag: 'tag-wait', color: '#c98a1b' },
  last_third: { name: '最后三分之一', tag: 'tag-move', color: '#7c9cc4' },
  fresh: { name: '新鲜', tag: 'tag-done', color: '#13806e' },
  undated: { name: '无到期日', tag: '', color: '#b9c2bc' },
}

export const SCAN_KINDS: Record<Schemas['ScanSession']['kind'], string> = { in: '入库', out: '出库', sale: '销售', count: '盘点' }
export const SCAN_STATES: Record<Schemas['ScanSession']['state'], { name: string; tag: string }> = {
  open: { name: '进行中', tag: 'tag-wait' },
  finished: { name: '已完成', tag: 'tag-done' },
  cancelled: { name: '已作废', tag: '' },
}

/** How long goods keep, in words. */
export function keeping(days: number): string {
  if (days < 0) return `过期 ${-days} 天`
  return days === 0 ? '今天到期' : `剩 ${days} 天`
}

/** Base units in the packaging that a list knows. */
export function inUnits(one: { case_qty: number; case_name: string; base_unit: string }, qty: number): string {
  return inCases(qty, one.case_qty, one.case_name, one.base_unit)
}

/** A change of quantity with its sign. */
export function signed(text: string, change: number): string {
  return change > 0 ? `+${text}` : text
}

/** "1,234.5 万" for large sums on an axis; fen. */
export function shortYuan(fen: number): string {
  const yuan = fen / 100
  return Math.abs(yuan) >= 10_000 ? `${(yuan / 10_000).toLocaleString('zh-CN', { maximumFractionDigits: 1 })}万` : yuan.toLocaleString('zh-CN', { maximumFractionDigits: 0 })
}
