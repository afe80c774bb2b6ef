import { reactive } from 'vue'
import { answer, api } from '@/api/client'
import { onLive } from '@/live/live'
import { whenBackOnline } from '@/session/network'
import { can, isSignedIn, whenSignedIn, whenSignedOut } from '@/session/session'
import type { OrderState } from './types'

export type Side = 'sales' | 'all'
/** From so many on the server counts no further. */
export const MANY = 1000

type Counts = Partial<Record<OrderState, number>>

const counts = reactive<Record<Side, Counts>>({ sales: {}, all: {} })
/** Whether the figures have been told; until then they are not known, which is not none. */
const told = reactive<Record<Side, boolean>>({ sales: false, all: false })
const GATHER_MS = 500
let timer: ReturnType<typeof setTimeout> | undefined

/** How many orders are in each state; the menu and the tabs show the same figures. */
export function useCounts(): Record<Side, Counts> {
  return counts
}

/** Whether the figures are known. */
export function areCounted(side: Side): boolean {
  return told[side]
}

export async function refreshCounts(side: Side = 'sales'): Promise<void> {
  if (!isSignedIn() || !can('order.read')) return
  const { items } = await answer(api.GET('/api/v1/orders/counts', { params: { query: { side } } }))
  counts[side] = Object.fromEntries(items.map(({ state, count }) => [state, count]))
  told[side] = true
}

/** "12", "1000+", "" for none. */
export function countText(count: number | undefined): string {
  if (!count) return ''
  return count >= MANY ? `${MANY}+` : String(count)
}

function soon(): void {
  clearTimeout(timer)
  timer = setTimeout(() => void refreshCounts().catch(() => undefined), GATHER_MS)
}

/** Follows the figures as long as somebody is signed in; called once, when the console starts. */
export function followCounts(): void {
  whenSignedIn(soon)
  whenSignedOut(() => {
    Object.assign(counts, { sales: {}, all: {} })
    Object.assign(told, { sales: false, all: false })
  })
  whenBackOnline(soon)
  onLive((event) => {
    if (event.kind === 'order' || event.kind === 'resync') soon()
  })
  if (isSignedIn()) soon()
}
