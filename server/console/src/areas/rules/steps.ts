import { answer, api, once } from '@/api/client'
import type { Schemas } from '@/api/types'

export type StepsKind = 'order' | 'exception'

/** What differs between the kinds of documents that are decided in steps; the form is one. */
export interface KindOfSteps {
  title: string
  /** How one of them is counted: 每张订单, 每份特价申请. */
  one: string
  draft: string
  /** Credit and first orders are asked about where goods are bought; how far a price lies below the guide price always. */
  buys: boolean
  amount: string
  /** The condition of a step that is added. */
  fresh: Pick<Schemas['NewStep'], 'above_fen' | 'below_guide_pct'>
  read: () => Promise<Schemas['FlowOut']>
  save: (flow: Schemas['NewFlow'], key: string) => Promise<Schemas['FlowOut']>
  simulate: (query: { buyer_id: number; amount_fen: number; below_guide_pct?: number }) => Promise<Schemas['Simulated']>
}

export const KINDS: Record<StepsKind, KindOfSteps> = {
  order: {
    title: '订单', one: '张订单', draft: 'approval-flow', buys: true, amount: '金额', fresh: { above_fen: 1_000_000, below_guide_pct: null },
    read: () => answer(api.GET('/api/v1/approval-flows/order')),
    save: (body, key) => answer(api.POST('/api/v1/approval-flows/order', { body, headers: once(key) })),
    simulate: (query) => answer(api.GET('/api/v1/approval-flows/order/simulate', { params: { query } })),
  },
  exception: {
    title: '特价申请', one: '份特价申请', draft: 'approval-flow-exception', buys: false, amount: '申请单价', fresh: { above_fen: null, below_guide_pct: 20 },
    read: () => answer(api.GET('/api/v1/approval-flows/price-exception')),
    save: (body, key) => answer(api.POST('/api/v1/approval-flows/price-exception', { body, headers: once(key) })),
    simulate: (query) => answer(api.GET('/api/v1/approval-flows/price-exception/simulate', { params: { query } })),
  },
}
