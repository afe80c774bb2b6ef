import type { Schemas } from '@/api/types'

export type PriceException = Schemas['ExceptionOut']
type State = PriceException['state']

export const STATES: Record<State, string> = { pending: '待审批', approved: '已通过', rejected: '已驳回', void: '已撤回' }
export const TONES: Record<State, string> = { pending: 'wait', approved: 'done', rejected: 'stop', void: 'idle' }
export const REJECTIONS = ['价格偏离太多', '理由不充分', '期限太长']

/** How far a price lies from the guide price: 低于指导价 12.5%. */
export function apart(one: Pick<PriceException, 'price_fen' | 'guide_fen'>): string {
  const share = Math.round((Math.abs(one.price_fen - one.guide_fen) / one.guide_fen) * 1000) / 10
  return `${one.price_fen < one.guide_fen ? '低于' : '高于'}指导价 ${share.toFixed(1)}%`
}

/** The step that waits, and whose it is: 复审 · 顾南枝. */
export function stepOf(one: PriceException): string {
  const waits = one.steps.find((step) => step.state === 'now')
  if (!waits) return ''
  const [first, ...more] = waits.deciders
  return [waits.name, first && (more.length ? `${first}等 ${waits.deciders.length} 人` : first)].filter(Boolean).join(' · ')
}
