import { computed, ref } from 'vue'
import { api } from '@/api/client'
import type { StockItem, StockSummary, Warehouse } from '@/api/types'
import { useSeen, useSeenList } from './useSeen'

/** The places in which an org's goods lie (0: the own), the one that delivers first. */
export function usePlaces(orgId: () => number = () => 0) {
  return useSeen<{ items: Warehouse[] }>(
    () => `places:${orgId()}`,
    () => api.get('/api/v1/warehouses', { query: { org_id: orgId() || undefined } }),
  )
}

/** The stock of an org (0: the own one), of all its warehouses or of one place; readable without network. */
export function useStock(orgId: () => number = () => 0) {
  const query = ref('')
  const place = ref(0)
  const of = () => orgId() || undefined

  const list = useSeenList<StockItem>(
    () => `stock:${orgId()}:${place.value}:${query.value}`,
    (cursor, limit) => api.get('/api/v1/stock', { query: { org_id: of(), warehouse_id: place.value || undefined, q: query.value || undefined, cursor, limit } }),
  )
  const summary = useSeen<StockSummary>(
    () => `summary:${orgId()}`,
    () => api.get('/api/v1/stock/summary', { query: { org_id: of() } }),
  )
  const places = usePlaces(orgId)

  /** What can be chosen: the warehouses where there are several, and the quarantine where something lies in it. */
  const choices = computed(() => {
    const found = places.data.value?.items ?? []
    const warehouses = found.filter((one) => !one.quarantine)
    const apart = (summary.data.value?.quarantine ?? 0) > 0 ? found.filter((one) => one.quarantine) : []
    return warehouses.length > 1 || apart.length > 0 ? [...warehouses, ...apart] : []
  })
  const apart = computed(() => choices.value.some((one) => one.id === place.value && one.quarantine))

  function beside(): void {
    void summary.load()
    void places.load()
  }

  return {
    query, place, list, summary: summary.data, choices, apart, staleSince: list.staleSince,
    start: () => (beside(), list.reload()),
    refresh: () => (beside(), list.refresh()),
    search: (q: string) => ((query.value = q), list.reload()),
    choose: (id: number) => ((place.value = id), list.reload()),
  }
}
