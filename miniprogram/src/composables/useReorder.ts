import { ref } from 'vue'
import type { Order } from '@/api/types'
import type { CartLine } from '@/domain/cart'
import { goTab } from '@/platform/navigation'
import { useCart } from '@/state/cart'
import { useSession } from '@/state/session'
import { t } from '@/texts'
import { offeredNow } from './offered'
import { tell, useAction } from './useAction'

/** Puts the lines of an earlier order into the cart, at today's prices and without what is no longer sold. */
export function useReorder() {
  const { busy, run } = useAction()
  const cart = useCart()
  const { isDealer } = useSession()
  const reordering = ref(false)

  async function reorder(order: Order): Promise<void> {
    if (busy.value) return
    reordering.value = true
    const products = await run(() => offeredNow(order.lines))
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
