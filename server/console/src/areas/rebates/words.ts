import type { Schemas } from '@/api/types'

export type Rebate = Schemas['RebateOut']
export type Summary = Schemas['RebateSummary']
export type Progress = Schemas['RebateProgress']
export type State = Summary['state']
export type Term = Schemas['Term']
export type Indicator = Term['indicator']
export type Reward = Term['reward']
export type Mode = NonNullable<Term['mode']>

export const STATES: Record<State, string> = { draft: '草稿', asked: '待审批', approved: '执行中', ended: '已提前结束', rejected: '已驳回', withdrawn: '已撤回' }
export const TONES: Record<State, string> = { draft: 'idle', asked: 'wait', approved: 'go', ended: 'done', rejected: 'stop', withdrawn: 'idle' }
export const EVERY: Record<Summary['every'], string> = { month: '按月', quarter: '按季度', year: '按年', dates: '整个期间一次' }
export const PERIODS: Record<Rebate['periods'][number]['state'], string> = { future: '未开始', open: '进行中', waiting: '待财务确认', running: '结算中', done: '已结算' }
export const PERIOD_TONES: Record<Rebate['periods'][number]['state'], string> = { future: 'idle', open: 'go', waiting: 'wait', running: 'move', done: 'done' }
export const INDICATORS: Record<Indicator, string> = { amount: '进货额', quantity: '进货量', growth: '同比增长', mix: '品项占比', payment: '按时回款' }
export const REWARDS: Record<Reward, string> = { percent: '返点', per_unit: '按量返', fixed: '固定金额' }
export const MODES: Record<Mode, string> = { highest: '按最高一档', graduated: '分段累进', each: '每满' }
export const AUDIENCES = { all: '所有客户', grade: '等级', group: '价格组', region: '区域', list: '指定客户' } as const
export const REJECTIONS = ['返得太多', '适用范围不对', '条款不清楚'] as const
export const ENDINGS = ['换新政策', '市场变化', '协议签错'] as const

/** Which ways of paying an indicator knows, and for each how steps are read. */
export function rewardsOf(indicator: Indicator): Reward[] {
  return indicator === 'mix' || indicator === 'payment' ? ['percent', 'fixed'] : ['percent', 'per_unit', 'fixed']
}

export function modesOf(indicator: Indicator, reward: Reward): Mode[] {
  const modes: Mode[] = ['highest']
  if ((indicator === 'amount' && reward === 'percent') || (indicator === 'quantity' && reward === 'per_unit')) modes.push('graduated')
  if (reward === 'fixed' && (indicator === 'amount' || indicator === 'quantity')) modes.push('each')
  return modes
}

/** A term as somebody begins to write it. */
export function fresh(): Term {
  return { name: '', indicator: 'amount', reward: 'percent', mode: 'highest', unit: 'case', within_days: 30, must: false, goods: { products: [], categories: [] }, steps: [{ reach: 10_000_000, value: 200 }] }
}

/** How far a measure is on the way to the last step, and where the steps lie on it, in per cent. */
export function wayOf(term: Progress['terms'][number]): { done: number; marks: number[] } {
  const measure = term.indicator === 'growth' ? Math.max(0, term.measure) : term.measure
  const end = Math.max(...term.steps, 1)
  const most = Math.max(end, Math.min(measure, end * 1.2))
  return { done: Math.min(100, (measure / most) * 100), marks: term.steps.map((step) => (step / most) * 100) }
}
