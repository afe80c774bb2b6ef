import type { Schemas } from '@/api/types'

export type Diversion = Schemas['DiversionOut']
export type DiversionSummary = Schemas['DiversionSummary']
export type Hand = Schemas['Hand']
export type Evidence = Schemas['Evidence']
export type Recall = Schemas['RecallOut']
export type RecallSummary = Schemas['RecallSummary']
export type Holder = Schemas['HolderOut']

export const STATES: Record<DiversionSummary['state'], string> = { open: '待受理', taken: '处理中', decided: '已判定' }
export const TONES: Record<DiversionSummary['state'], string> = { open: 'wait', taken: 'go', decided: 'done' }
export const KINDS: Record<DiversionSummary['kind'], string> = { scan: '扫码发现', order: '卖给区域外客户' }
export const VERDICTS: Record<Schemas['Ruling']['verdict'], string> = { confirmed: '确认窜货', not_diversion: '不是窜货', explained: '情况属实，予以说明' }
export const VERDICT_TONES: Record<Schemas['Ruling']['verdict'], string> = { confirmed: 'stop', not_diversion: 'idle', explained: 'done' }
export const CONSEQUENCES: Record<NonNullable<Schemas['Ruling']['consequence']>, string> = { none: '不处理', warning: '警告', penalty: '罚款', policy_stop: '停止享受政策' }
/** How much a confirmed case counts in the assessment, by what follows from it. */
export const WEIGHTS: Record<NonNullable<Schemas['Ruling']['consequence']>, number> = { none: 1, warning: 1, penalty: 2, policy_stop: 3 }
export const SCANNERS: Record<Evidence['by'], string> = { brand: '品牌人员扫码', dealer: '经销商扫码', store: '门店扫码', consumer: '消费者扫码', order: '销售出库' }

/** Ready reasons for each verdict. */
export const REASONS: Record<Schemas['Ruling']['verdict'], readonly string[]> = {
  confirmed: ['经销商承认', '多箱货同时出现', '货架上长期有售'],
  not_diversion: ['顾客自己带去的', '退货或调拨途中', '授权登记有误'],
  explained: ['门店自行转卖', '电商平台发货', '首次发生，已整改'],
}

export const DOCUMENTS: Record<string, string> = { goods_issue: '出库单', transfer: '调拨单', return: '退货单' }

/** The page of a document that goods passed with; null for what has none in the console. */
export function documentPage(kind: string, id: number): string | null {
  if (kind === 'goods_issue') return `/issues?open=${id}`
  if (kind === 'return') return `/returns?open=${id}`
  return kind === 'transfer' ? `/transfers/${id}` : null
}
