import { onLoad } from '@dcloudio/uni-app'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import { messageOf } from '@shared/problem'
import type { Order } from '@/api/types'
import { useSession } from '@/state/session'
import { useLive } from './useLive'
import type { Phase } from './useList'

/** The order a page is about (`?id=`), asked again whenever something happens to it. */
export function useOrder(loaded?: (order: Order) => void) {
  const { me } = useSession()
  const id = ref(0)
  const order = shallowRef<Order | null>(null)
  const phase = ref<Phase>('loading')
  const error = ref('')

  async function load(): Promise<void> {
    if (!order.value) phase.value = 'loading'
    try {
      order.value = await api.get('/api/v1/orders/{order_id}', { path: { order_id: id.value } })
      phase.value = 'ready'
      loaded?.(order.value)
    } catch (problem) {
      error.value = messageOf(problem)
      if (!order.value) phase.value = 'error'
    }
  }

  onLoad((query) => {
    id.value = Number(query?.id ?? 0)
    void load()
  })
  useLive((event) => event.kind === 'order' && event.id === id.value, load)

  /** The reader sells this order; otherwise he bought it. */
  const selling = computed(() => order.value !== null && order.value.seller.id === me.value?.org.id)
  const may = (verb: string): boolean => order.value?.actions.includes(verb) ?? false

  return { id, order, phase, error, load, selling, may }
}
