import { ref, type Ref } from 'vue'
import { answer, api } from '@/api/client'
import type { Schemas } from '@/api/types'
import { tellProblem } from '@/patterns/tell'
import { messageOf } from '@shared/problem'

type Kinds = Schemas['Kinds']

/** What the account may import and export. */
export function useKinds(): Ref<Kinds | null> {
  const kinds = ref<Kinds | null>(null)
  answer(api.GET('/api/v1/exchange/kinds'))
    .then((found) => (kinds.value = found))
    .catch((problem: unknown) => tellProblem(messageOf(problem)))
  return kinds
}
