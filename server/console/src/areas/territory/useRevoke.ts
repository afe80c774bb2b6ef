import { ref } from 'vue'
import { answer, api, once } from '@/api/client'
import { confirmed } from '@/patterns/tell'
import { useAction } from '@/patterns/useAction'

export const REASONS = ['调整区域划分', '合同到期不续', '窜货处理', '经销商退出'] as const

/** Ends authorities with a reason; where lower dealers stand on them, asks whether theirs end too. */
export function useRevoke(done: () => void) {
  const asking = ref(false)
  const ids = ref<number[]>([])

  const revoke = useAction(
    (key, reason: string, andBelow: boolean) =>
      answer(api.POST('/api/v1/authorities/revoke', { body: { ids: ids.value, reason, and_below: andBelow }, headers: once(key) })),
    {
      done: (result) => `已收回 ${result.rows} 条授权`,
      failed: (problem) => {
        if (problem.code !== 'lower_authorities') return false
        lower = problem.message
        return true
      },
    },
  )
  let lower = ''

  async function run(reason: string): Promise<void> {
    lower = ''
    let result = await revoke.run(reason, false)
    if (!result && lower && (await confirmed(`${lower}。一起收回吗？`, { title: '下级还有授权', confirmText: '一起收回', danger: true }))) {
      result = await revoke.run(reason, true)
    }
    if (!result) return
    asking.value = false
    done()
  }

  function ask(chosen: number[]): void {
    ids.value = chosen
    asking.value = true
  }

  return { asking, ids, action: revoke, ask, run }
}
