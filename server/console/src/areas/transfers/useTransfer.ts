import { ref, shallowRef, watch } from 'vue'
import { answer, api, once } from '@/api/client'
import { isAborted, messageOf, type ApiProblem } from '@shared/problem'
import { confirmed, tellDone } from '@/patterns/tell'
import { useAction } from '@/patterns/useAction'
import { useLive } from '@/patterns/useLive'
import type { Transfer } from './words'

type Reasoned = 'cancel' | 'close'

/** One transfer and what may be done with it; up to date while it is shown. `changed` after each own write. */
export function useTransfer(id: () => number, changed: () => void) {
  const found = shallowRef<Transfer | null>(null)
  const error = ref('')
  let asking: AbortController | null = null

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    try {
      const one = await answer(api.GET('/api/v1/transfers/{transfer_id}', { params: { path: { transfer_id: id() } }, signal: mine.signal }))
      if (mine !== asking) return
      found.value = one
      error.value = ''
    } catch (problem) {
      if (mine === asking && !isAborted(problem)) error.value = messageOf(problem)
    }
  }

  function take(one: Transfer, sentence: string): void {
    found.value = one
    tellDone(sentence)
    changed()
  }

  /** Refused because it stands elsewhere: look again, and let the sentence be shown. */
  function lost(): boolean {
    void load()
    return false
  }

  const issuing = useAction(
    (key, transfer: number) => answer(api.POST('/api/v1/transfers/{transfer_id}/issue', { params: { path: { transfer_id: transfer } }, body: null, headers: once(key) })),
    { failed: lost },
  )
  const ending = useAction(
    (key, verb: Reasoned, transfer: number, reason: string) => {
      const init = { params: { path: { transfer_id: transfer } }, body: { reason }, headers: once(key) }
      return answer(verb === 'cancel' ? api.POST('/api/v1/transfers/{transfer_id}/cancel', init) : api.POST('/api/v1/transfers/{transfer_id}/close', init))
    },
    { failed: lost },
  )
  let overCredit: ApiProblem | null = null
  const deciding = useAction(
    async (key, approval: number, decision: 'approve' | 'reject', reason: string, override: boolean) => {
      await answer(api.POST('/api/v1/approvals/{approval_id}/decide', { params: { path: { approval_id: approval } }, body: { decision, reason, override_credit: override }, headers: once(key) }))
      return true
    },
    {
      failed: (problem) => {
        overCredit = problem.code === 'credit_exceeded' && problem.members.may_override === true ? problem : null
        return overCredit ? true : lost()
      },
    },
  )

  async function issue(): Promise<void> {
    const one = found.value
    if (!one || issuing.running || !one.can?.includes('issue')) return
    if (!(await confirmed(`确认 ${one.number} 的货已经装车？发出后库存转为在途。`, { confirmText: '发出' }))) return
    const after = await issuing.run(one.id)
    if (after) take(after, `${after.number} 已发出`)
  }

  async function end(verb: Reasoned, reason: string): Promise<boolean> {
    if (!found.value) return false
    const after = await ending.run(verb, found.value.id, reason)
    if (after) take(after, verb === 'cancel' ? `${after.number} 已取消` : `${after.number} 的差异已确认`)
    return !!after
  }

  async function decide(decision: 'approve' | 'reject', reason: string, override = false): Promise<boolean> {
    const one = found.value
    if (!one?.approval_id || deciding.running) return false
    overCredit = null
    if (await deciding.run(one.approval_id, decision, reason, override)) {
      tellDone(`${one.number} ${decision === 'approve' ? '已通过' : '已驳回'}`)
      await load()
      changed()
      return true
    }
    const problem = overCredit as ApiProblem | null
    if (!problem) return false
    const sure = await confirmed(`${problem.detail}。仍然放行这张调拨单吗？`, { title: '超出信用额度', confirmText: '仍然放行', danger: true })
    return sure && decide(decision, reason, true)
  }

  async function approve(): Promise<void> {
    const one = found.value
    if (!one?.can?.includes('decide')) return
    if (await confirmed(`通过 ${one.number}？调出方的库存会留好。`, { confirmText: '通过' })) await decide('approve', '')
  }

  watch(id, () => {
    found.value = null
    void load()
  }, { immediate: true })
  useLive((event) => event.kind === 'notice' || (event.kind === 'other' && event.name === 'transfer' && event.data.id === id()), () => void load())
  return { found, error, issuing, ending, deciding, load, take, issue, end, decide, approve }
}
