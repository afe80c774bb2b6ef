import type { NewTransfer } from '@/api/types'

/** How goods change place: between own warehouses, from or to the supplier, or between dealers (one of whom may be oneself). */
export type TransferKind = 'within' | 'take' | 'give' | 'between'

export interface DraftLine {
  product_id: number
  name: string
  base_unit: string
  unit_qty: number
  packaging_name: string
  qty: number
  /** What the giver could spare when it was looked at; null where that is not for the reader to know. */
  free: number | null
}

export interface DraftEnd {
  id: number
  name: string
}

export interface TransferDraft {
  kind: TransferKind
  /** Warehouses of the own org; 0: the one that delivers. */
  from_place: number
  to_place: number
  /** Dealers; null: the own org. */
  from: DraftEnd | null
  to: DraftEnd | null
  lines: DraftLine[]
  why: string
  more: string
}

export function emptyTransfer(kind: TransferKind): TransferDraft {
  return { kind, from_place: 0, to_place: 0, from: null, to: null, lines: [], why: '', more: '' }
}

/** One more of what was scanned or chosen; what is not there yet is added. */
export function withGoods(draft: TransferDraft, goods: Omit<DraftLine, 'qty'>, more: number): DraftLine[] {
  const before = draft.lines.find((line) => line.product_id === goods.product_id)
  if (!before) return [...draft.lines, { ...goods, qty: more }]
  return draft.lines.map((line) => (line === before ? { ...line, qty: line.qty + more } : line))
}

/** A number that a person has set; nothing of it is no line any more. */
export function withQty(draft: TransferDraft, productId: number, qty: number): DraftLine[] {
  return draft.lines.map((line) => (line.product_id === productId ? { ...line, qty } : line)).filter((line) => line.qty > 0)
}

export type Missing = 'reason' | 'ends' | 'same' | 'goods' | null

/** What is not said yet. */
export function missingOf(draft: TransferDraft): Missing {
  if (draft.kind === 'within' && (!draft.from_place || !draft.to_place)) return 'ends'
  if (draft.kind === 'within' && draft.from_place === draft.to_place) return 'same'
  if (draft.kind === 'between' && draft.from?.id === draft.to?.id) return 'ends'
  if (draft.lines.length === 0) return 'goods'
  return draft.why || draft.more.trim() ? null : 'reason'
}

/** As it is proposed: only what the server does not take for granted. */
export function asProposed(draft: TransferDraft): NewTransfer {
  const own = (place: number) => place || undefined
  const ends = {
    within: { from_warehouse_id: own(draft.from_place), to_warehouse_id: own(draft.to_place) },
    take: { supplier: 'gives' as const, to_warehouse_id: own(draft.to_place) },
    give: { supplier: 'takes' as const, from_warehouse_id: own(draft.from_place) },
    between: { from_org_id: draft.from?.id, to_org_id: draft.to?.id },
  }[draft.kind]
  const reason = [draft.why, draft.more.trim()].filter(Boolean).join('；').slice(0, 200)
  return { ...ends, reason, lines: draft.lines.map(({ product_id, qty }) => ({ product_id, qty })) }
}
