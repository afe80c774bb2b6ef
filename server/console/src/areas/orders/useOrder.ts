import { computed, ref, shallowRef, watch } from 'vue'
import { answer, api } from '@/api/client'
import { isAborted, messageOf } from '@shared/problem'
import type { LiveEvent } from '@/live/live'
import { useLive } from '@/patterns/useLive'
import { can, currentMe } from '@/session/session'
import type { Balance, Order, Outside } from './types'

/** One order with where its buyer stands; stays up to date while it is shown. */
export function useOrder(id: () => number, changed: (order: Order) => void = () => undefined) {
  const order = shallowRef<Order | null>(null)
  const balance = shallowRef<Balance | null>(null)
  const outside = shallowRef<Outside | null>(null)
  const phase = ref<'loading' | 'ready' | 'error'>('loading')
  const error = ref('')
  let asking: AbortController | null = null

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    try {
      const params = { path: { order_id: id() } }
      const found = await answer(api.GET('/api/v1/orders/{order_id}', { params, signal: mine.signal }))
      if (mine !== asking) return
      take(found)
      void readBalance(found, mine)
      void readOutside(found, mine)
    } catch (problem) {
      if (mine !== asking || isAborted(problem)) return
      error.value = messageOf(problem)
      if (!order.value) phase.value = 'error'
    }
  }

  /** Shows what a write has answered. */
  function take(found: Order): void {
    order.value = found
    phase.value = 'ready'
    error.value = ''
    changed(found)
  }

  /** Where the pair stands is the seller's affair, and only for those who may read it. */
  async function readBalance(found: Order, mine: AbortController): Promise<void> {
    if (found.seller.id !== currentMe()?.org.id || !can('settlement.read')) return
    const params = { query: { buyer_id: found.buyer.id } }
    try {
      const read = await answer(api.GET('/api/v1/settlement/balance', { params, signal: mine.signal }))
      if (mine === asking) balance.value = read
    } catch {
      // The server checks the credit again when the order is approved.
    }
  }

  /** Which goods leave their dealer's territory: to be seen by those who keep it, nobody is stopped. */
  async function readOutside(found: Order, mine: AbortController): Promise<void> {
    if (outside.value || !can('territory.read')) return
    const params = { path: { order_id: found.id } }
    const read = await answer(api.GET('/api/v1/orders/{order_id}/outside-territory', { params, signal: mine.signal })).catch(() => null)
    if (mine === asking) outside.value = read
  }

  watch(id, () => {
    order.value = null
    outside.value = null
    balance.value = null
    phase.value = 'loading'
    void load()
  }, { immediate: true })
  useLive(concerns, () => void load())

  /** Of orders between dealers and stores the brand is only told that some have changed. */
  function concerns(event: LiveEvent): boolean {
    if (event.kind === 'order') return event.id === id()
    const us = currentMe()?.org.id
    return event.kind === 'other' && event.name === 'orders' && !!order.value && order.value.seller.id !== us && order.value.buyer.id !== us
  }

  const may = (verb: string): boolean => order.value?.actions.includes(verb) ?? false
  const own = computed(() => order.value?.seller.id === currentMe()?.org.id)
  return { order, balance, outside, phase, error, own, load, take, may }
}
