import { computed, reactive } from 'vue'
import { api } from '@/api/client'
import type { AlertCounts } from '@/api/types'
import { whenSignedOut, useSession } from './session'

const none = { low: 0, high: 0, soon: 0 }
const counts = reactive<AlertCounts>({ own: { ...none }, below: { ...none }, mine: 0 })

function forget(): void {
  Object.assign(counts, { own: { ...none }, below: { ...none }, mine: 0 })
}
whenSignedOut(forget)

/** The numbers on the first page and on tabs; a failed question leaves the old ones. */
export async function readAlertCounts(): Promise<void> {
  if (!useSession().can('stock.read')) return
  try {
    Object.assign(counts, await api.get('/api/v1/alerts/counts'))
  } catch {
    // The list itself tells that the network is gone.
  }
}

export function useAlertCounts() {
  return { own: computed(() => counts.own), below: computed(() => counts.below), mine: computed(() => counts.mine) }
}
