import { ref, watch } from 'vue'
import { answer, api } from '@/api/client'
import { isAborted } from '@shared/problem'

/** What is free of some products in a warehouse, or in the one that delivers where none is chosen; null: not known. */
export function useFree(of: () => { org_id: number; warehouse_id: number | null; products: number[] } | null) {
  const free = ref<Record<number, number>>({})
  let asking: AbortController | null = null

  async function look(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    const now = of()
    if (!now) return void (free.value = {})
    const read = async (product_id: number): Promise<[number, number]> => {
      const query = { org_id: now.org_id, product_id, limit: 200, ...(now.warehouse_id ? { warehouse_id: now.warehouse_id } : {}) }
      const { items } = await answer(api.GET('/api/v1/stock/balances', { params: { query }, signal: mine.signal }))
      // Only what may still be sold goes over: not what is in quarantine, expired or called back.
      return [product_id, items.filter((one) => !one.quarantine && one.freshness !== 'expired').reduce((sum, one) => sum + Math.max(0, one.available), 0)]
    }
    try {
      const found = await Promise.all(now.products.map(read))
      if (mine === asking) free.value = Object.fromEntries(found)
    } catch (error) {
      if (!isAborted(error)) free.value = {}
    }
  }

  watch(() => JSON.stringify(of()), () => void look(), { immediate: true })
  return free
}
