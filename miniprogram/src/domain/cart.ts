import { casePack } from '@shared/quantity'
import type { CatalogProduct, DeliveryMethod, NewOrder, Packaging, Quote } from '@/api/types'

/** A product in one packaging; a product wanted in cases and in pieces has two lines. */
export interface CartLine {
  product: CatalogProduct
  packaging_id: number
  packaging_qty: number
}

/** A draft order to one supplier; quantities are packagings, prices are those the buyer last saw. */
export interface Draft {
  supplier_id: number
  lines: CartLine[]
  delivery_method: DeliveryMethod
  address_id: number | null
  wished_on: string | null
  note: string
}

/** More lines than this the server refuses (`too_many_lines`). */
export const MAX_LINES = 200
/** More packagings of one line are a slip of the finger. */
export const MAX_PACKAGINGS = 9_999

export function emptyDraft(supplierId: number): Draft {
  return { supplier_id: supplierId, lines: [], delivery_method: 'deliver', address_id: null, wished_on: null, note: '' }
}

export function packagingOf(line: Pick<CartLine, 'product' | 'packaging_id'>): Packaging | undefined {
  return line.product.packagings.find((pack) => pack.id === line.packaging_id)
}

/** What of one product is in the draft. */
export function linesOf(draft: Draft, productId: number): CartLine[] {
  return draft.lines.filter((line) => line.product.id === productId)
}

/** How many of its usual packaging: what the stepper in a list counts. */
export function usualQty(draft: Draft, product: CatalogProduct): number {
  const usual = product.packagings.find((pack) => pack.is_default) ?? casePack(product.packagings) ?? product.packagings[0]
  return usual ? packagingQty(draft, product.id, usual.id) : 0
}

/** How many of one packaging are in the draft. */
export function packagingQty(draft: Draft, productId: number, packagingId: number): number {
  return draft.lines.find((line) => line.product.id === productId && line.packaging_id === packagingId)?.packaging_qty ?? 0
}

/** All of one product, in base units. */
export function baseQty(draft: Draft, productId: number): number {
  return draft.lines
    .filter((line) => line.product.id === productId)
    .reduce((sum, line) => sum + line.packaging_qty * (packagingOf(line)?.unit_qty ?? 0), 0)
}

/** The draft with exactly this many of one packaging; 0 takes the line out. Lines of a product stay together. */
export function withQty(draft: Draft, product: CatalogProduct, packagingId: number, qty: number): Draft {
  const wanted = Math.max(0, Math.min(MAX_PACKAGINGS, Math.trunc(qty)))
  const same = (line: CartLine) => line.product.id === product.id && line.packaging_id === packagingId
  if (wanted === 0) return { ...draft, lines: draft.lines.filter((line) => !same(line)) }
  const line = { product, packaging_id: packagingId, packaging_qty: wanted }
  if (draft.lines.some(same)) return { ...draft, lines: draft.lines.map((old) => (same(old) ? line : old)) }
  const sibling = draft.lines.map((old) => old.product.id).lastIndexOf(product.id)
  const at = sibling === -1 ? draft.lines.length : sibling + 1
  return { ...draft, lines: [...draft.lines.slice(0, at), line, ...draft.lines.slice(at)] }
}

/** The draft with more of one packaging, for a scan. */
export function withAdded(draft: Draft, product: CatalogProduct, packagingId: number, more = 1): Draft {
  return withQty(draft, product, packagingId, packagingQty(draft, product.id, packagingId) + more)
}

export function withoutProduct(draft: Draft, productId: number): Draft {
  return { ...draft, lines: draft.lines.filter((line) => line.product.id !== productId) }
}

/** The draft with prices from a refusal (`price_changed`) or a quote: product id → fen per base unit. */
export function withPrices(draft: Draft, prices: ReadonlyMap<number, number>): Draft {
  return {
    ...draft,
    lines: draft.lines.map((line) => {
      const fresh = prices.get(line.product.id)
      return fresh === undefined ? line : { ...line, product: { ...line.product, price_fen: fresh } }
    }),
  }
}

/** Different products in the draft: the number on the badge. */
export function productCount(draft: Draft): number {
  return new Set(draft.lines.map((line) => line.product.id)).size
}

/** What the draft costs at the prices last seen. The server's quote is what counts whenever there is one. */
export function draftTotal(draft: Draft): number {
  return draft.lines.reduce(
    (sum, line) => sum + line.packaging_qty * (packagingOf(line)?.unit_qty ?? 0) * line.product.price_fen,
    0,
  )
}

export function quoteLines(draft: Draft): { product_id: number; packaging_id: number; packaging_qty: number }[] {
  return draft.lines.map((line) => ({
    product_id: line.product.id,
    packaging_id: line.packaging_id,
    packaging_qty: line.packaging_qty,
  }))
}

/** The order to be submitted: each line with the price the buyer saw, quoted or, offline, from the catalogue. */
export function toOrder(draft: Draft, quote: Quote | null): NewOrder {
  return {
    delivery_method: draft.delivery_method,
    address_id: draft.delivery_method === 'pickup' ? null : draft.address_id,
    wished_on: draft.wished_on,
    note: draft.note.trim(),
    lines: draft.lines.map((line, index) => ({
      product_id: line.product.id,
      packaging_id: line.packaging_id,
      packaging_qty: line.packaging_qty,
      price_fen: quote?.lines[index]?.price_fen ?? line.product.price_fen,
    })),
  }
}
