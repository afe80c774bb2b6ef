import { ref, shallowRef } from 'vue'
import { api } from '@/api/client'
import type { Stocktake } from '@/api/types'
import type { Phase } from './useList'
import { useLive } from './useLive'
import { messageOf } from '@shared/problem'

/** One stocktake, asked for again whenever somebody has counted, closed or decided. */
export function useStocktake(changed: () => void) {
  const id = ref(0)
  const stocktake = shallowRef<Stocktake | null>(null)
  const phase = ref<Phase>('loading')
  const error = ref('')

  async function load(): Promise<void> {
    try {
      stocktake.value = await api.get('/api/v1/stocktakes/{stocktake_id}', { path: { stocktake_id: id.value } })
      phase.value = 'ready'
    } catch (problem) {
      error.value = messageOf(problem)
      if (!stocktake.value) phase.value = 'error'
    }
  }

  function take(answer: Stocktake | undefined): boolean {
    if (answer) stocktake.value = answer
    return answer !== undefined
  }

  const may = (verb: Stocktake['can'][number]): boolean => stocktake.value?.can.includes(verb) ?? false
  useLive(
    (event) => event.kind === 'other' && ((event.name === 'stocktake' && event.data.id === id.value) || event.name === 'scan_session'),
    () => void load().then(changed),
  )
  return { id, stocktake, phase, error, load, take, may }
}
