import { ref, type Ref } from 'vue'
import { answer, api } from '@/api/client'
import type { Schemas } from '@/api/types'
import { messageOf } from '@shared/problem'

type Kinds = Schemas['Kinds']

/** What the account may import and export; why that is not known, and how to ask again. */
export function useKinds(): { kinds: Ref<Kinds | null>; failed: Ref<string>; load: () => Promise<void> } {
  const kinds = ref<Kinds | null>(null)
  const failed = ref('')

  async function load(): Promise<void> {
    failed.value = ''
    try {
      kinds.value = await answer(api.GET('/api/v1/exchange/kinds'))
    } catch (problem) {
      failed.value = messageOf(problem)
    }
  }
  void load()
  return { kinds, failed, load }
}
