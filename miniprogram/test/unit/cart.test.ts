import { describe, expect, it } from 'vitest'
import type { Quote } from '@/api/types'
import { baseQty, draftTotal, emptyDraft, MAX_PACKAGINGS, packagingQty, productCount, toOrder, withAdded, withoutProduct, withPrices, withQty } from '@/domain/cart'
import { aDrink, bottle, box } from './support/goods'

const soda = aDrink()
const tea = aDrink({ price_fen: 450 })

/** 2 cases and 5 bottles of soda, 1 case of tea. */
const full = () => {
  let draft = withAdded(emptyDraft(7), soda, box(soda), 2)
  draft = withAdded(draft, tea, box(tea))
  return withAdded(draft, soda, bottle(soda), 5)
}

describe('the cart', () => {
  it('counts cases and single bottles of one product together, so that nobody orders 29 when he meant 53', () => {
    expect(baseQty(full(), soda.id)).toBe(2 * 24 + 5)
    expect(packagingQty(full(), soda.id, box(soda))).toBe(2)
    expect(productCount(full())).toBe(2)
  })

  it('keeps the lines of a product together, so that a forgotten second line is not ordered unseen', () => {
    expect(full().lines.map((line) => [line.product.id, line.packaging_id])).toEqual([
      [soda.id, box(soda)],
      [soda.id, bottle(soda)],
      [tea.id, box(tea)],
    ])
  })

  it('costs what its bottles cost: 53 at 3.00 and 24 at 4.50 are 267.00', () => {
    expect(draftTotal(full())).toBe(53 * 300 + 24 * 450)
  })

  it('adds to what was scanned before instead of replacing it', () => {
    const twice = withAdded(withAdded(emptyDraft(7), soda, box(soda)), soda, box(soda))
    expect(twice.lines).toHaveLength(1)
    expect(twice.lines[0]!.packaging_qty).toBe(2)
  })

  it('takes a line out at zero and below, never orders a negative number', () => {
    expect(packagingQty(withQty(full(), soda, bottle(soda), 0), soda.id, bottle(soda))).toBe(0)
    expect(withQty(full(), soda, bottle(soda), -3).lines).toHaveLength(2)
    expect(withoutProduct(full(), soda.id).lines.map((line) => line.product.id)).toEqual([tea.id])
  })

  it('stops at the largest number that a line may have, as the server would refuse more', () => {
    expect(packagingQty(withQty(full(), soda, box(soda), 1_000_000), soda.id, box(soda))).toBe(MAX_PACKAGINGS)
  })

  it('leaves the draft that is on the screen alone, so that an edit that failed to be stored can be seen', () => {
    const before = full()
    const copy = structuredClone(before)
    withQty(before, soda, box(soda), 9)
    expect(before).toEqual(copy)
  })
})

describe('prices in the cart', () => {
  it('are those that the buyer saw, when the order goes out without a quote', () => {
    const order = toOrder({ ...full(), note: '  放门口 ' }, null)
    expect(order.lines.map((line) => line.price_fen)).toEqual([300, 300, 450])
    expect(order.note).toBe('放门口')
  })

  it('are those of the quote that the buyer looked at, when there is one', () => {
    const quoted = { total_fen: 0, credit: null, lines: [{ price_fen: 280 }, { price_fen: 280 }, { price_fen: 450 }] } as unknown as Quote
    expect(toOrder(full(), quoted).lines.map((line) => line.price_fen)).toEqual([280, 280, 450])
  })

  it('change on all lines of the product that the server named, and on no other', () => {
    const fresh = withPrices(full(), new Map([[soda.id, 310]]))
    expect(fresh.lines.map((line) => line.product.price_fen)).toEqual([310, 310, 450])
  })

  it('an order that is fetched carries no address, so that no driver is sent', () => {
    expect(toOrder({ ...full(), delivery_method: 'pickup', address_id: 3 }, null).address_id).toBeNull()
    expect(toOrder({ ...full(), delivery_method: 'deliver', address_id: 3 }, null).address_id).toBe(3)
  })
})
