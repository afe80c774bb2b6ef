import { computed, ref } from 'vue'
import type { CatalogProduct } from '@/api/types'
import * as cart from '@/domain/cart'
import { load, save } from '@/platform/storage'
import { t } from '@/texts'
import { ownKey, useSession } from './session'

const draft = ref<cart.Draft>(cart.emptyDraft(0))
let storedAs = ''

function keyFor(supplierId: number): string {
  return `${ownKey('cart')}:${supplierId}`
}

/** Brings the signed-in account's draft to its supplier onto the screen; each account of a shared phone has its own. */
export function openCart(): void {
  const supplierId = useSession().supplier.value?.id ?? 0
  storedAs = keyFor(supplierId)
  draft.value = load<cart.Draft>(storedAs) ?? cart.emptyDraft(supplierId)
}

function change(next: cart.Draft): void {
  draft.value = next
  if (!save(storedAs, next)) uni.showToast({ title: t.cart.notStored, icon: 'none' })
}

function emptied(): cart.Draft {
  return { ...cart.emptyDraft(draft.value.supplier_id), address_id: draft.value.address_id }
}

export function useCart() {
  return {
    draft,
    productCount: computed(() => cart.productCount(draft.value)),
    localTotal: computed(() => cart.draftTotal(draft.value)),
    packagingQty: (productId: number, packagingId: number) => cart.packagingQty(draft.value, productId, packagingId),
    baseQty: (productId: number) => cart.baseQty(draft.value, productId),
    setQty: (product: CatalogProduct, packagingId: number, qty: number) =>
      change(cart.withQty(draft.value, product, packagingId, qty)),
    add: (product: CatalogProduct, packagingId: number, more = 1) =>
      change(cart.withAdded(draft.value, product, packagingId, more)),
    removeProduct: (productId: number) => change(cart.withoutProduct(draft.value, productId)),
    setPrices: (prices: ReadonlyMap<number, number>) => change(cart.withPrices(draft.value, prices)),
    edit: (part: Partial<Omit<cart.Draft, 'lines' | 'supplier_id'>>) => change({ ...draft.value, ...part }),
    /** Lines of a refused or an earlier order come back on top of what is there. */
    putBack: (lines: readonly cart.CartLine[]) =>
      change(
        lines.reduce((next, line) => cart.withAdded(next, line.product, line.packaging_id, line.packaging_qty), draft.value),
      ),
    clear: () => change(emptied()),
    /** While an order is on its way its goods are still on the screen, but no longer the stored draft. */
    setAside: () => void save(storedAs, emptied()),
    /** The order was refused: what is on the screen is the draft again. */
    takeBack: () => change(draft.value),
  }
}
