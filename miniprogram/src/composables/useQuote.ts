import { computed, ref, watch, type Ref } from 'vue'
import { api } from '@/api/client'
import { ApiProblem, messageOf } from '@shared/problem'
import type { Quote } from '@/api/types'
import { quoteLines, type Draft } from '@/domain/cart'

/** A price that is no longer the one the buyer saw. */
export interface PriceChange {
  name: string
  was: number
  now: number
}

const PAUSE_MS = 300

/** What is quoted: the own cart, or an order that is written for a customer. */
export interface Quoted {
  draft: Ref<Draft>
  setPrices: (prices: ReadonlyMap<number, number>) => void
  /** The customer for whom it is; none for the own cart. */
  buyerId?: () => number
}

/** The server's word on a draft: prices with their steps, what cannot be ordered, the credit. Asked after each change. */
export function useQuote({ draft, setPrices, buyerId }: Quoted, active: () => boolean) {
  const quote = ref<Quote | null>(null)
  const phase = ref<'idle' | 'asking' | 'ready' | 'offline' | 'failed'>('idle')
  const error = ref('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let question = 0

  const asked = computed(() => ({
    ...(buyerId ? { buyer_id: buyerId() } : {}),
    lines: quoteLines(draft.value),
    delivery_method: draft.value.delivery_method,
    address_id: draft.value.address_id,
    wished_on: draft.value.wished_on,
  }))
  const shape = computed(() => JSON.stringify(asked.value))

  async function ask(): Promise<void> {
    clearTimeout(timer)
    question += 1
    const mine = question
    if (draft.value.lines.length === 0) {
      quote.value = null
      phase.value = 'idle'
      return
    }
    phase.value = 'asking'
    try {
      const answer = await api.post('/api/v1/orders/quote', { body: asked.value })
      if (mine !== question) return
      quote.value = answer
      phase.value = 'ready'
    } catch (problem) {
      if (mine !== question) return
      quote.value = null
      error.value = messageOf(problem)
      phase.value = problem instanceof ApiProblem && problem.offline ? 'offline' : 'failed'
    }
  }

  watch(shape, () => {
    if (!active()) return
    // Old figures next to new quantities would be a lie.
    quote.value = null
    question += 1
    phase.value = 'asking'
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), PAUSE_MS)
  })
  watch(active, (now) => now && void ask(), { immediate: true })

  const changes = computed<PriceChange[]>(() => {
    const found = new Map<number, PriceChange>()
    draft.value.lines.forEach((line, index) => {
      const now = quote.value?.lines[index]?.price_fen
      const was = line.product.price_fen
      if (now !== undefined && now > 0 && now !== was) found.set(line.product.id, { name: line.product.name, was, now })
    })
    return [...found.values()]
  })

  /** The buyer has seen the new prices: from now on they are those of the draft. */
  function acceptPrices(): void {
    const prices = new Map<number, number>()
    draft.value.lines.forEach((line, index) => {
      const now = quote.value?.lines[index]?.price_fen
      if (now) prices.set(line.product.id, now)
    })
    setPrices(prices)
  }

  const problems = computed(() => (quote.value?.lines ?? []).filter((line) => line.problem !== null).length)

  /** All that does not keep to the supplier's order rules, in his words; he himself may go on knowingly. */
  const breaches = computed(() => (quote.value?.terms?.findings ?? []).map((finding) => finding.detail))

  /** What the supplier's rules still miss about the whole order: the minimum, the day. */
  const missing = computed(() => (quote.value?.terms?.findings ?? []).filter((finding) => finding.code !== 'multiple'))

  return { quote, phase, error, changes, problems, breaches, missing, ask, acceptPrices }
}
