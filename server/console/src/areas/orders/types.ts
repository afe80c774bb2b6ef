import type { Schemas } from '@/api/types'

export type OrderSummary = Schemas['OrderSummary']
export type Order = Schemas['Order']
export type OrderLine = Schemas['OrderLine']
export type OrderState = OrderSummary['state']
export type GoodsIssue = Schemas['GoodsIssue']
export type Balance = Schemas['Balance']
export type Outside = Schemas['OutsideTerritory']
export type Proposal = Schemas['Proposal']
export type BatchResult = Schemas['BatchResult']
export type Approval = Schemas['ApprovalOut']
export type Rest = Proposal['rest']

/** The states as tabs, in the order of an order's life. */
export const TABS: OrderState[] = ['submitted', 'on_hold', 'approved', 'issued', 'received', 'closed', 'rejected', 'cancelled']
