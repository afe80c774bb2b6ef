import { ref, shallowRef } from 'vue'
import { answer, api, once } from '@/api/client'
import { yuan } from '@shared/money'
import { confirmed, tellDone, tellProblem } from '@/patterns/tell'
import { useAction } from '@/patterns/useAction'
import { t } from './texts'
import type { BatchResult, OrderSummary } from './types'

const MOST = 100

/** What became of one order of a batch, with the order it was about. */
export interface Outcome extends BatchResult {
  number: string
  buyer: string
}

/** One decision for many orders: a result per order, and those that failed stay selected. */
export function useBatch(finished: (failed: number[]) => void) {
  const rejecting = shallowRef<OrderSummary[] | null>(null)
  const outcomes = shallowRef<Outcome[]>([])
  const showing = ref(false)

  const approving = useAction((key, ids: number[]) => answer(api.POST('/api/v1/orders/batch/approve', { body: { ids }, headers: once(key) })))
  const refusing = useAction((key, ids: number[], reason: string) => answer(api.POST('/api/v1/orders/batch/reject', { body: { ids, reason }, headers: once(key) })))

  async function approve(orders: OrderSummary[]): Promise<void> {
    if (approving.running || refusing.running) return
    if (orders.length > MOST) return tellProblem(t.batch.tooMany)
    const sum = orders.reduce((total, order) => total + order.total_fen, 0)
    if (!(await confirmed(t.batch.confirm(orders.length, yuan(sum)), { confirmText: t.batch.approve }))) return
    const done = await approving.run(orders.map(({ id }) => id))
    if (done) show(orders, done.results)
  }

  function askReject(orders: OrderSummary[]): void {
    if (orders.length > MOST) tellProblem(t.batch.tooMany)
    else rejecting.value = orders
  }

  async function reject(reason: string): Promise<void> {
    const orders = rejecting.value
    if (!orders) return
    const done = await refusing.run(orders.map(({ id }) => id), reason)
    if (!done) return
    rejecting.value = null
    show(orders, done.results)
  }

  function show(orders: OrderSummary[], results: BatchResult[]): void {
    const known = new Map(orders.map((order) => [order.id, order]))
    outcomes.value = results.map((result) => ({ ...result, number: known.get(result.id)?.number ?? '', buyer: known.get(result.id)?.buyer.name ?? '' }))
    const failed = results.filter(({ ok }) => !ok)
    if (failed.length) showing.value = true
    else tellDone(t.batch.summary(results.length, 0))
    finished(failed.map(({ id }) => id))
  }

  return { approving, refusing, rejecting, outcomes, showing, approve, askReject, reject }
}
