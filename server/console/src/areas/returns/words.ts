import type { Schemas } from '@/api/types'
import { inCases } from '@shared/quantity'

export type Return = Schemas['Return']
export type ReturnLine = Schemas['ReturnLine']
export type State = Return['state']

export const STATES: Record<State, string> = {
  asked: '待审批', approved: '待退回', issued: '退回途中', received: '差异待确认', closed: '已完成', rejected: '已驳回', cancelled: '已取消',
}
export const TONES: Record<State, string> = {
  asked: 'wait', approved: 'go', issued: 'move', received: 'wait', closed: 'done', rejected: 'stop', cancelled: 'idle',
}
export const REASONS: Record<ReturnLine['reason'], string> = { damaged: '破损', expired: '过期', recalled: '召回', wrong: '错货' }
export const REJECTIONS = ['不符合退货条件', '照片看不清，请重拍', '就地处理，不用退回']
export const VERDICTS = {
  release: { title: '放行', hint: '验过没有问题，回到发货仓再卖', reasons: ['验收合格', '只是外箱破损'] },
  write_off: { title: '报损', hint: '不能再卖，从库存里核销', reasons: ['已经过期', '破损不能再卖', '召回销毁'] },
} as const
export type Verdict = keyof typeof VERDICTS

/** What a quantity of a line is typed and said in. */
export function packOf(line: ReturnLine): { unit_qty: number; packaging_name: string; base_unit: string } {
  return { unit_qty: line.case_qty, packaging_name: line.case_name, base_unit: line.base_unit }
}

export function qtyOf(line: ReturnLine, qty: number): string {
  return inCases(qty, line.case_qty, line.case_name, line.base_unit)
}

/** One thing that happened to a return: who, when, and what was said. */
export interface Happened {
  what: string
  by: string
  at: string
  said: string
}

/** All that happened, the newest first. */
export function happened(one: Return): Happened[] {
  const ended: Partial<Record<State, string>> = { rejected: '驳回', cancelled: '取消', closed: '确认差异' }
  const steps: [string, string | null | undefined, string | null | undefined, string][] = [
    [ended[one.state] ?? '', one.ended_by, one.ended_at, one.ending],
    ['清点收货', one.received_by, one.received_at, ''],
    ['退货发出', one.issued_by, one.issued_at, ''],
    ['审批通过', one.approved_by, one.approved_at, one.decision],
    ['申请退货', one.asked_by, one.asked_at, one.note],
  ]
  return steps.flatMap(([what, by, at, said]) => (what && at ? [{ what, by: by ?? '系统', at, said }] : []))
}
