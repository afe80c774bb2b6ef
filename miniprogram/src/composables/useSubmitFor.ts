import { newKey } from '@shared/keys'
import { ref } from 'vue'
import type { Quote } from '@/api/types'
import { draftTotal, MAX_LINES, toOrder } from '@/domain/cart'
import type { useOrderFor } from '@/state/order-for'
import { submitOrder, useQueue } from '@/state/queue'
import { useSession } from '@/state/session'
import { t } from '@/texts'
import { tell } from './useAction'

/** Submits an order for a customer as the own ones are: written down first, then sent once, or kept until there is a network. */
export function useSubmitFor({ buyer, draft, clear }: Pick<ReturnType<typeof useOrderFor>, 'buyer' | 'draft' | 'clear'>, refused: () => void) {
  const busy = ref(false)
  const { drop } = useQueue()
  const { me } = useSession()

  /** `knowingly`: it does not keep to the own order rules, and is submitted all the same. */
  async function submit(quote: Quote | null, knowingly = false): Promise<void> {
    if (busy.value || !buyer.value) return
    if (draft.value.lines.length > MAX_LINES) return tell(t.cart.tooMany(MAX_LINES))
    busy.value = true
    try {
      await send(quote, knowingly)
    } finally {
      busy.value = false
    }
  }

  async function send(quote: Quote | null, knowingly: boolean): Promise<void> {
    const made = draft.value
    const whom = { ...buyer.value! }
    const total = quote?.total_fen ?? draftTotal(made)
    const key = newKey()
    const outcome = await submitOrder({
      key,
      body: { ...toOrder(made, quote), buyer_id: whom.id, ...(knowingly ? { override_rules: true } : {}) },
      lines: made.lines,
      supplier_name: me.value?.org.name ?? '',
      buyer: whom,
      total_fen: total,
      created_at: new Date().toISOString(),
    })
    if (outcome.kind === 'refused') {
      drop(key)
      refused()
      return tell(outcome.item.problem?.detail ?? t.error.unknown)
    }
    clear()
    const waiting = `/pages/cart/result?waiting=1&total=${total}&for=${key}`
    uni.redirectTo({ url: outcome.kind === 'sent' ? `/pages/order/review?id=${outcome.order.id}` : waiting })
  }

  return { busy, submit }
}
