import { ref } from 'vue'
import type { Quote } from '@/api/types'
import { draftTotal, MAX_LINES, toOrder } from '@/domain/cart'
import { newKey } from '@shared/keys'
import { askSubscription } from '@/platform/wechat'
import { useCart } from '@/state/cart'
import { submitOrder, useQueue } from '@/state/queue'
import { useSession } from '@/state/session'
import { t } from '@/texts'
import { tell } from './useAction'

/** Codes after which the prices must be shown and asked again. */
const STALE = ['price_changed', 'not_offered']

/** Submits the draft: written down first, then sent; the cart is empty from then on, or full again after a refusal. */
export function useSubmit(refused: () => void) {
  const busy = ref(false)
  const { draft, clear, setAside, takeBack } = useCart()
  const { drop } = useQueue()
  const { supplier } = useSession()

  function missing(): string {
    if (draft.value.lines.length > MAX_LINES) return t.cart.tooMany(MAX_LINES)
    if (draft.value.delivery_method !== 'pickup' && draft.value.address_id === null) return t.cart.needAddress
    return ''
  }

  async function submit(quote: Quote | null): Promise<void> {
    const complaint = missing()
    if (complaint) return tell(complaint)
    if (busy.value) return
    busy.value = true
    try {
      // WeChat shows its question only directly in the tap, so it comes before the request.
      await askSubscription()
      await send(quote)
    } finally {
      busy.value = false
    }
  }

  async function send(quote: Quote | null): Promise<void> {
    const made = draft.value
    const total = quote?.total_fen ?? draftTotal(made)
    const key = newKey()
    const sending = submitOrder({
      key,
      body: toOrder(made, quote),
      lines: made.lines,
      supplier_name: supplier.value?.name ?? '',
      total_fen: total,
      created_at: new Date().toISOString(),
    })
    // The order is on the device by now: were the stored draft kept too, a crash would leave the same goods twice.
    setAside()
    const outcome = await sending
    if (outcome.kind === 'refused') {
      drop(key)
      takeBack()
      if (STALE.includes(outcome.item.problem?.code ?? '')) refused()
      return tell(outcome.item.problem?.detail ?? t.error.unknown)
    }
    clear()
    const about =
      outcome.kind === 'sent'
        ? `id=${outcome.order.id}&number=${outcome.order.number}&total=${outcome.order.total_fen}`
        : `waiting=1&total=${total}`
    uni.navigateTo({ url: `/pages/cart/result?${about}` })
  }

  return { busy, submit }
}
