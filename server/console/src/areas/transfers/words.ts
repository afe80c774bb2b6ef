import type { Schemas } from '@/api/types'
import { inCases } from '@shared/quantity'

export type Transfer = Schemas['Transfer']
export type TransferSummary = Schemas['TransferSummary']
export type Suggestion = Schemas['Suggestion']
export type State = TransferSummary['state']

export const STATES: Record<State, string> = {
  proposed: '待审批', approved: '待发出', issued: '在途', received: '差异待确认', closed: '已完成', rejected: '已驳回', cancelled: '已取消',
}
export const TONES: Record<State, string> = { proposed: 'wait', approved: 'go', issued: 'move', received: 'stop', closed: 'done', rejected: 'stop', cancelled: 'idle' }
export const PRICE_FROM: Record<Schemas['TransferLine']['price_from'], string> = { none: '不结算', bought: '上次进价', offered: '现行供价', guide: '指导价' }
export const REJECTIONS = ['库存另有安排', '运费不划算', '数量不合理'] as const
export const CANCELLATIONS = ['对方不需要了', '重新提出', '货已另行处理'] as const
export const DIFFERENCES = ['承运方赔付', '调出方承担', '数量核对无误，少发'] as const

interface Packed {
  base_unit: string
  case_name: string
  case_qty: number
}

/** A quantity of a line or suggestion in cases and pieces. */
export function words(of: Packed, qty: number): string {
  return inCases(qty, of.case_qty, of.case_name, of.base_unit)
}

/** What an input of cases and pieces needs of a line. */
export function packing(of: Packed): { unit_qty: number; packaging_name: string; base_unit: string } {
  return { unit_qty: of.case_qty, packaging_name: of.case_name, base_unit: of.base_unit }
}

/** An end of a transfer: within one org the warehouse says it, else the org. */
export function endsOf(one: Pick<TransferSummary, 'from_org' | 'to_org' | 'from_warehouse' | 'to_warehouse'>): { from: string; to: string; within: boolean } {
  const within = one.from_org.id === one.to_org.id
  return { within, from: within ? one.from_warehouse : one.from_org.name, to: within ? one.to_warehouse : one.to_org.name }
}
