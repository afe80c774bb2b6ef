import { ref } from 'vue'
import { api } from '@/api/client'
import type { CatalogProduct, Order } from '@/api/types'
import type { CartLine } from '@/domain/cart'
import { goTab } from '@/platform/navigation'
import { useCart } from '@/state/cart'
import { useSession } from '@/state/session'
import { t } from '@/texts'
import { tell, useAction } from './useAction'

/** Puts the lines of an earlier order into the cart, at today's prices and without what is no longer sold. */
export function useReorder() {
  const { busy, run } = useAction()
  const cart = useCart()
  const { isDealer } = useSession()
  const reordering = ref(false)

  async function offered(order: Order): Promise<Map<number, CatalogProduct>> {
    const found = new Map<number, CatalogProduct>()
    // The catalogue is searched by code: one question per product, a few at a time.
    const lines = [...new Map(order.lines.map((line) => [line.product_id, line])).values()]
    for (let start = 0; start < lines.length; start += 4) {
      const pages = await Promise.all(
        lines.slice(start, start + 4).map((line) => api.get('/api/v1/catalog/products', { query: { q: line.product_code, limit: 5 } })),
      )
      for (const page of pages) for (const product of page.items) found.set(product.id, product)
    }
    return found
  }

  async function reorder(order: Order): Promise<void> {
    if (busy.value) return
    reordering.value = true
    const products = await run(() => offered(order))
    reordering.value = false
    if (!products) return
    const lines: CartLine[] = []
    for (const line of order.lines) {
      const product = products.get(line.product_id)
      if (product?.packagings.some((pack) => pack.id === line.packaging_id)) {
        lines.push({ product, packaging_id: line.packaging_id, packaging_qty: line.packaging_qty })
      }
    }
    cart.putBack(lines)
    const skipped = order.lines.length - lines.length
    if (lines.length > 0) {
      if (isDealer.value) uni.navigateTo({ url: '/pages/cart/cart' })
      else goTab('cart')
    }
    if (skipped > 0) tell(t.order.againSkipped(skipped))
    else uni.showToast({ title: t.order.againDone(lines.length), icon: 'none' })
  }

  return { reordering, reorder }
}
