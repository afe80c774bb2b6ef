import { ref, type Ref } from 'vue'
import * as cart from '@/domain/cart'
import type { WaitingOrder } from '@/domain/offline-queue'
import { forget, load, save } from '@/platform/storage'
import { t } from '@/texts'
import { ownKey, useSession } from './session'

export type Buyer = NonNullable<WaitingOrder['buyer']>

interface Kept {
  buyer: Buyer
  draft: cart.Draft
}

function keyOf(buyerId: number): string {
  return `${ownKey('order-for')}:${buyerId}`
}

function empty(): cart.Draft {
  return cart.emptyDraft(useSession().me.value?.org.id ?? 0)
}

/** An order that is written for a customer: kept on the device, so that a call in between or a dead spot loses nothing. */
export function useOrderFor() {
  const buyer = ref<Buyer | null>(null)
  const draft: Ref<cart.Draft> = ref(empty())

  function open(buyerId: number): void {
    const kept = load<Kept>(keyOf(buyerId))
    buyer.value = kept?.buyer ?? { id: buyerId, name: '' }
    draft.value = kept?.draft ?? empty()
  }

  function change(next: cart.Draft): void {
    draft.value = next
    if (!buyer.value) return
    const stored = next.lines.length > 0 ? save(keyOf(buyer.value.id), { buyer: buyer.value, draft: next } satisfies Kept) : forget(keyOf(buyer.value.id))
    if (stored === false) uni.showToast({ title: t.cart.notStored, icon: 'none' })
  }

  return {
    buyer,
    draft,
    open,
    setQty: (...[product, packagingId, qty]: [Parameters<typeof cart.withQty>[1], number, number]) => change(cart.withQty(draft.value, product, packagingId, qty)),
    setPrices: (prices: ReadonlyMap<number, number>) => change(cart.withPrices(draft.value, prices)),
    edit: (part: Partial<cart.Draft>) => change({ ...draft.value, ...part }),
    /** On its way: the order is in the queue now, and no draft any more. */
    clear: () => change(empty()),
  }
}

/** A refused order for a customer becomes a draft again, on top of what was begun meanwhile. */
export function putBackFor(buyer: Buyer, lines: readonly cart.CartLine[]): void {
  const { open, edit, draft } = useOrderFor()
  open(buyer.id)
  edit({ lines: lines.reduce((next, line) => cart.withAdded(next, line.product, line.packaging_id, line.packaging_qty), draft.value).lines })
}
