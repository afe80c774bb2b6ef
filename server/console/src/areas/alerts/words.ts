import type { Schemas } from '@/api/types'
import { inCases } from '@shared/quantity'

export type Alert = Schemas['Alert']
export type AlertDetail = Schemas['AlertDetail']
export type Rule = Schemas['NamedRule']

export const KINDS: Record<Alert['kind'], string> = { low: '低库存', soon: '临期', high: '高库存' }
export const TAGS: Record<Alert['kind'], string> = { low: 'tag-stop', soon: 'tag-wait', high: 'tag-move' }
export const RULE_KINDS: Record<Rule['kind'], string> = { low: '低库存', high: '高库存', soon: '临期', cover: '每次备货', lead: '到货时间' }
export const AUDIENCES: Record<Rule['audience'], string> = { own: '本公司的仓库', dealer: '下级经销商（默认值）', store: '下级门店（默认值）' }

type Goods = Pick<Alert, 'case_qty' | 'case_name' | 'base_unit'>

/** In cases and pieces, by the packaging that is usually ordered. */
export function qtyOf(goods: Goods, qty: number): string {
  return inCases(qty, goods.case_qty, goods.case_name, goods.base_unit)
}

/** What a rule says: 低于 7 天的用量, 高于 200, 到期前 30 天, 不提醒. */
export function says({ kind, qty, days, base_unit }: Pick<Rule, 'kind' | 'qty' | 'days' | 'base_unit'>): string {
  if (qty === null && days === null) return '不提醒'
  if (kind === 'soon') return `到期前 ${days} 天`
  if (kind === 'cover') return `备够 ${days} 天`
  if (kind === 'lead') return `${days} 天`
  const much = qty !== null ? `${qty} ${base_unit || '个最小单位'}` : `${days} 天的用量`
  return `${kind === 'low' ? '低于' : '高于'} ${much}`
}

/** For how long something has been open: 今天, 3 天. */
export function age(opened: string): string {
  const days = Math.floor((Date.now() - Date.parse(opened)) / 86_400_000)
  return days < 1 ? '今天' : `${days} 天`
}
