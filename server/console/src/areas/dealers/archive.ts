import { answer, api, once } from '@/api/client'
import type { Schemas } from '@/api/types'

export { ending, paperName, PAPERS } from '@shared/papers'

export type OrgRow = Schemas['OrgRow']
export type Qualification = Schemas['QualificationOut']
export type Contact = Schemas['ContactOut']
export type Branch = Schemas['Branch']
export type MovePreview = Schemas['MovePreview']
export type BulkResult = Schemas['BulkResult']
export type Rep = Schemas['Rep']

/** What the archive's codes are called. */
export const KINDS: Record<string, string> = { brand: '品牌', dealer: '经销商', store: '门店' }
export const SETTLEMENT: Record<string, string> = {
  '': '未约定', prepaid: '预付', cash_on_delivery: '货到付款', monthly_credit: '月结', bank_transfer: '银行转账',
}
export const COOPERATION: Record<string, string> = { prospect: '洽谈中', active: '合作中', paused: '暂停合作', ended: '已终止' }
export const STORE_KINDS: Record<string, string> = {
  convenience: '便利店', supermarket: '超市', grocery: '食杂店', restaurant: '餐饮店', specialty: '烟酒店', wholesale: '批发部',
  person: '个人客户', other: '其他',
}
export const FREEZE_REASONS = ['证照过期', '拖欠货款', '窜货调查', '合作终止'] as const

export function readOrg(id: number): Promise<OrgRow> {
  return answer(api.GET('/api/v1/orgs/{org_id}', { params: { path: { org_id: id } } }))
}

/** "月结，25 日结算，账期 30 天". */
export function termsOf(org: Pick<OrgRow, 'settlement_method' | 'due_day' | 'credit_days'>): string {
  const parts = [SETTLEMENT[org.settlement_method ?? ''] ?? '']
  if (org.settlement_method === 'monthly_credit' && org.due_day) parts.push(`每月 ${org.due_day} 日结算`)
  if (org.credit_days) parts.push(`账期 ${org.credit_days} 天`)
  return parts.join('，')
}

/** The reps of the brand, asked once per page. */
export async function readReps(): Promise<Rep[]> {
  return (await answer(api.GET('/api/v1/reps'))).items
}

export function freezeOrg(key: string, id: number, reason: string): Promise<unknown> {
  return answer(api.POST('/api/v1/orgs/{org_id}/freeze', { params: { path: { org_id: id } }, body: { reason }, headers: once(key) }))
}

export function unfreezeOrg(key: string, id: number): Promise<unknown> {
  return answer(api.POST('/api/v1/orgs/{org_id}/unfreeze', { params: { path: { org_id: id } }, headers: once(key) }))
}
