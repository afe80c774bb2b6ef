import { reactive } from 'vue'
import { api } from '@/api/client'
import type { OrderState, Side } from '@/api/types'

type Counts = Partial<Record<OrderState, number>>

const counts = reactive<Record<Side, Counts>>({ sales: {}, purchases: {} })

/** The numbers on tabs and badges; a failed question leaves the old ones. */
export async function refreshCounts(side: Side): Promise<void> {
  try {
    const { items } = await api.get('/api/v1/orders/counts', { query: { side } })
    counts[side] = Object.fromEntries(items.map((item) => [item.state, item.count]))
  } catch {
    // The list itself tells that the network is gone.
  }
}

export function useCounts() {
  return { counts }
}
