import { answer, api, once } from '@/api/client'
import type { Schemas } from '@/api/types'

type Document = 'transfer' | 'stocktake' | 'return'
export type StepsKind = 'order' | 'exception' | Document

/** What differs between the kinds of documents that are decided in steps; the form is one. */
export interface KindOfSteps {
  title: string
  /** How one of them is counted: 每张订单, 每份特价申请. */
  one: string
  draft: string
  /** Credit and first orders are asked about where goods are bought. */
  buys: boolean
  /** How far a price lies below the guide price is asked about where there is one. */
  priced: boolean
  amount: string
  /** The condition of a step that is added. */
  fresh: Pick<Schemas['NewStep'], 'above_fen' | 'below_guide_pct'>
  read: () => Promise<Schemas['FlowOut']>
  save: (flow: Schemas['NewFlow'], key: string) => Promise<Schemas['FlowOut']>
  /** Absent where no customer is concerned. */
  simulate?: (query: { buyer_id: number; amount_fen: number; below_guide_pct?: number }) => Promise<Schemas['Simulated']>
}

/** Documents of which only the amount is asked. */
function byAmount(document: Document, words: Pick<KindOfSteps, 'title' | 'one' | 'amount'>): KindOfSteps {
  const path = { document }
  return {
    ...words, draft: `approval-flow-${document}`, buys: false, priced: false, fresh: { above_fen: 1_000_000, below_guide_pct: null },
    read: () => answer(api.GET('/api/v1/approval-flows/{document}', { params: { path } })),
    save: (body, key) => answer(api.POST('/api/v1/approval-flows/{document}', { params: { path }, body, headers: once(key) })),
    ...(document === 'stocktake' ? {} : { simulate: (query) => answer(api.GET('/api/v1/approval-flows/{document}/simulate', { params: { path, query } })) }),
  }
}

export const KINDS: Record<StepsKind, KindOfSteps> = {
  order: {
    title: '订单', one: '张订单', draft: 'approval-flow', buys: true, priced: true, amount: '金额', fresh: { above_fen: 1_000_000, below_guide_pct: null },
    read: () => answer(api.GET('/api/v1/approval-flows/order')),
    save: (body, key) => answer(api.POST('/api/v1/approval-flows/order', { body, headers: once(key) })),
    simulate: (query) => answer(api.GET('/api/v1/approval-flows/order/simulate', { params: { query } })),
  },
  exception: {
    title: '特价申请', one: '份特价申请', draft: 'approval-flow-exception', buys: false, priced: true, amount: '申请单价', fresh: { above_fen: null, below_guide_pct: 20 },
    read: () => answer(api.GET('/api/v1/approval-flows/price-exception')),
    save: (body, key) => answer(api.POST('/api/v1/approval-flows/price-exception', { body, headers: once(key) })),
    simulate: (query) => answer(api.GET('/api/v1/approval-flows/price-exception/simulate', { params: { query } })),
  },
  transfer: byAmount('transfer', { title: '调拨单', one: '张调拨单', amount: '结算金额' }),
  return: byAmount('return', { title: '退货单', one: '张退货单', amount: '退货金额' }),
  stocktake: byAmount('stocktake', { title: '盘点差异', one: '次超过额度的盘点', amount: '差异金额' }),
}
