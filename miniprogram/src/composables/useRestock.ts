import type { ProposalLine } from '@/api/types'
import { useCart } from '@/state/cart'
import { offeredNow } from './offered'

/** Puts proposed lines into the cart, with the products as the catalogue has them now. */
export function useRestock() {
  const cart = useCart()

  /** How many of them went into the cart; what is no longer offered stays out. */
  async function intoCart(lines: readonly ProposalLine[]): Promise<number> {
    const products = await offeredNow(lines)
    const added = lines.flatMap(({ product_id, packaging_id, packaging_qty }) => {
      const product = products.get(product_id)
      return product ? [{ product, packaging_id, packaging_qty }] : []
    })
    cart.putBack(added)
    return added.length
  }

  return { intoCart }
}
