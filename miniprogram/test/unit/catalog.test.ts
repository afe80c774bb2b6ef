import { beforeEach, describe, expect, it, vi } from 'vitest'
import { aDrink } from './support/goods'
import { aPhone, settled } from './support/uni'

let phone: ReturnType<typeof aPhone>

beforeEach(() => {
  vi.resetModules()
  phone = aPhone()
})

/** Reads a page of the catalogue, for the own account or for a customer, at a price. */
async function read(buyerId: number, price: number) {
  const catalog = await import('@/state/catalog')
  const reading = catalog.readProducts({ limit: 20, ...(buyerId ? { buyer_id: buyerId } : {}) })
  phone.answer(200, { items: [{ ...aDrink(), price_fen: price }], next_cursor: null })
  await reading
  await settled()
  return catalog
}

describe('the catalogue without network', () => {
  it("shows a customer's prices for him only, and never as one's own", async () => {
    await read(0, 300)
    const { keptProducts } = await read(9, 450)
    const prices = (buyer?: number) => keptProducts(() => true, buyer).map((product) => product.price_fen)
    expect([prices(), prices(9), prices(12)]).toEqual([[300], [450], []])
  })
})
