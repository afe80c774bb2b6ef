import type { Schemas } from '@/api/types'

export type OrderSummary = Schemas['OrderSummary']
export type Order = Schemas['Order']
export type OrderLine = Schemas['OrderLine']
export type OrderState = OrderSummary['state']
export type GoodsIssue = Schemas['GoodsIssue']
export type Balance = Schemas['Balance']
export type Proposal = Schemas['Proposal']
export type BatchResult = Schemas['BatchResult']
export type Approval = Schemas['ApprovalOut']
export type Rest = Proposal['rest']

/** The colour family of a state; styles/base.css draws each. */
export type Tone = 'wait' | 'go' | 'move' | 'done' | 'stop' | 'idle'

const TONES: Record<OrderState, Tone> = {
  submitted: 'wait',
  on_hold: 'wait',
  approved: 'go',
  issued: 'move',
  received: 'done',
  closed: 'idle',
  rejected: 'stop',
  cancelled: 'idle',
}

export function toneOf(state: OrderState): Tone {
  return TONES[state]
}

/** The states as tabs, in the order of an order's life. */
export const TABS: OrderState[] = ['submitted', 'on_hold', 'approved', 'issued', 'received', 'closed', 'rejected', 'cancelled']
