import { ref, shallowRef, type ShallowRef } from 'vue'
import { answer, api, once } from '@/api/client'
import type { ApiProblem } from '@shared/problem'
import { yuan } from '@shared/money'
import { confirmed, tellDone, tellNote, tellProblem } from '@/patterns/tell'
import { useAction } from '@/patterns/useAction'
import { amountOf, isPart, type Quantities } from '@shared/quantities'
import { t } from './texts'
import type { Order, Rest } from './types'

/** A decision that asks for a reason first. */
export interface Asked {
  verb: 'reject' | 'hold' | 'cancel' | 'close'
  title: string
  text: string
  reasons: readonly string[]
  confirmText: string
  danger: boolean
  done: string
}

const ASKED: Record<Asked['verb'], Omit<Asked, 'verb'>> = {
  reject: { title: t.review.rejectTitle, text: '', reasons: t.review.rejectReasons, confirmText: t.review.reject, danger: true, done: t.review.rejected },
  hold: { title: t.review.holdTitle, text: t.review.holdText, reasons: t.review.holdReasons, confirmText: t.review.hold, danger: false, done: t.review.held },
  cancel: { title: t.review.cancelTitle, text: t.review.cancelText, reasons: t.review.cancelReasons, confirmText: t.review.cancel, danger: true, done: t.review.cancelled },
  close: { title: t.review.closeTitle, text: t.review.closeText, reasons: t.review.closeReasons, confirmText: t.review.finish, danger: true, done: t.review.closed },
}

export interface Given {
  quantities: Quantities
  rest: Rest
  note: string
}

/**
 * What a seller decides about one order. `took` gets the order as it is afterwards; `lost` is called when somebody else
 * was faster, and what is shown is not true any more.
 */
export function useDecisions(order: ShallowRef<Order | null>, took: (order: Order) => void, lost: () => void) {
  /** What the server says about single lines, by their number. */
  const refusals = ref<ReadonlyMap<number, string>>(new Map())
  const asked = shallowRef<Asked | null>(null)
  let overCredit: ApiProblem | null = null

  const path = (): { path: { order_id: number } } => ({ path: { order_id: order.value!.id } })

  const approving = useAction(
    (key, id: number, body: { lines: { line_no: number; approved_qty: number }[] | null; rest: Rest; override_credit: boolean; note: string }) =>
      answer(api.POST('/api/v1/orders/{order_id}/approve', { params: { path: { order_id: id } }, body, headers: once(key) })),
    {
      failed: (problem) => {
        const lines = problem.lineErrors()
        refusals.value = new Map([...lines].map(([index, detail]) => [index + 1, detail]))
        overCredit = problem.code === 'credit_exceeded' && problem.members.may_override === true ? problem : null
        if (!overCredit && !problem.transient) lost()
        return overCredit !== null
      },
    },
  )

  /** Approves in full or in part, after a question; over the credit limit it asks once more. */
  async function approve(given: Given, overrideCredit = false): Promise<void> {
    const now = order.value
    if (!now || approving.running) return
    const amount = amountOf(now.lines, given.quantities)
    if (!amount) return tellProblem(t.review.nothing)
    const part = isPart(now.lines, given.quantities)
    const rest = given.rest === 'drop' ? t.review.drop : t.review.backOrder
    const question = part ? t.review.confirmPart(now.number, yuan(amount), rest) : t.review.confirmAll(now.number, yuan(amount))
    if (!overrideCredit && !(await confirmed(question, { confirmText: part ? t.review.approvePart : t.review.approve }))) return
    const lines = now.lines.map((line) => ({ line_no: line.line_no, approved_qty: given.quantities[line.line_no] ?? 0 }))
    const explicit = part || now.approval?.proposal
    overCredit = null
    const done = await approving.run(now.id, { lines: explicit ? lines : null, rest: given.rest, override_credit: overrideCredit, note: given.note.trim() })
    if (done) {
      // A large order that a second person has to decide about is still where it was.
      if (done.state === 'submitted') tellNote(t.review.first)
      else tellDone(`${done.number} ${t.review.done}`)
      took(done)
    } else if (overCredit) {
      await askOverride(given, overCredit)
    }
  }

  async function askOverride(given: Given, problem: ApiProblem): Promise<void> {
    const sure = await confirmed(`${problem.detail}。${t.review.overAsk}`, { title: t.review.overCredit, confirmText: t.review.override, danger: true })
    if (sure) await approve(given, true)
  }

  const deciding = useAction(
    (key, verb: Asked['verb'], id: number, reason: string) => {
      const init = { params: { path: { order_id: id } }, body: { reason }, headers: once(key) }
      if (verb === 'reject') return answer(api.POST('/api/v1/orders/{order_id}/reject', init))
      if (verb === 'hold') return answer(api.POST('/api/v1/orders/{order_id}/hold', init))
      if (verb === 'cancel') return answer(api.POST('/api/v1/orders/{order_id}/cancel', init))
      return answer(api.POST('/api/v1/orders/{order_id}/close', init))
    },
    {
      failed: (problem) => {
        if (!problem.transient && problem.status !== 422) {
          asked.value = null
          lost()
        }
        return false
      },
    },
  )

  /** Opens the question for a reason. */
  function ask(verb: Asked['verb']): void {
    const now = order.value
    if (!now) return
    const about = ASKED[verb]
    asked.value = { verb, ...about, text: about.text || t.review.rejectText(now.number, now.buyer.name) }
  }

  async function decide(reason: string): Promise<void> {
    const what = asked.value
    if (!what || !order.value) return
    const done = await deciding.run(what.verb, order.value.id, reason)
    if (!done) return
    asked.value = null
    tellDone(`${done.number} ${what.done}`)
    took(done)
  }

  const resuming = useAction((key, id: number) => answer(api.POST('/api/v1/orders/{order_id}/resume', { params: { path: { order_id: id } }, headers: once(key) })), {
    done: t.review.resumed,
    failed: (problem) => {
      if (!problem.transient) lost()
      return false
    },
  })

  async function resume(): Promise<void> {
    if (!order.value || !(await confirmed(t.review.resumeAsk, { confirmText: t.review.resume }))) return
    const done = await resuming.run(path().path.order_id)
    if (done) took(done)
  }

  return { approving, deciding, resuming, refusals, asked, approve, ask, decide, resume }
}
