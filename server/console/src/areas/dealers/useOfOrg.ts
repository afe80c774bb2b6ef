import { messageOf } from '@shared/problem'
import { ref, watch, type Ref } from 'vue'

/** What belongs to an org (its contacts, its papers), read anew for another org; null until the first answer. */
export function useOfOrg<T>(orgId: () => number, read: (orgId: number) => Promise<{ items: T[] }>): { items: Ref<T[] | null>; problem: Ref<string>; load: () => Promise<void> } {
  const items = ref<T[] | null>(null) as Ref<T[] | null>
  const problem = ref('')

  async function load(): Promise<void> {
    problem.value = ''
    try {
      items.value = (await read(orgId())).items
    } catch (error) {
      problem.value = messageOf(error)
    }
  }

  watch(orgId, load, { immediate: true })
  return { items, problem, load }
}
