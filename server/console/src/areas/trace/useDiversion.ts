import { ref, shallowRef, watch } from 'vue'
import { answer, api } from '@/api/client'
import { isoDay } from '@shared/time'
import { isAborted, messageOf } from '@shared/problem'
import { useLive } from '@/patterns/useLive'
import { can } from '@/session/session'
import type { Schemas } from '@/api/types'
import type { Diversion } from './words'

/** One case with the authority under which its goods were sold; up to date while it is shown. */
export function useDiversion(id: () => number) {
  const found = shallowRef<Diversion | null>(null)
  const areas = shallowRef<Schemas['AuthorityOut'][] | null>(null)
  const error = ref('')
  let asking: AbortController | null = null

  async function load(): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    try {
      const one = await answer(api.GET('/api/v1/diversions/{diversion_id}', { params: { path: { diversion_id: id() } }, signal: mine.signal }))
      if (mine !== asking) return
      take(one)
      if (can('territory.read')) await readAreas(one, mine.signal)
    } catch (problem) {
      if (mine === asking && !isAborted(problem)) error.value = messageOf(problem)
    }
  }

  function take(one: Diversion): void {
    found.value = one
    error.value = ''
  }

  async function readAreas(one: Diversion, signal: AbortSignal): Promise<void> {
    const query = { org_id: one.dealer.id, on: isoDay(new Date(soldAt(one))), limit: 50 }
    areas.value = (await answer(api.GET('/api/v1/authorities', { params: { query }, signal }))).items
  }

  watch(id, () => {
    found.value = areas.value = null
    void load()
  }, { immediate: true })
  useLive((event) => event.kind === 'other' && event.name === 'diversion' && event.data.id === id(), () => void load())
  return { found, areas, error, load, take }
}

/** When the goods came to the dealer, or when he sold them: the day whose authorities count. */
export function soldAt(one: Diversion): string {
  const came = one.kind === 'scan' ? one.chain.filter((hand) => hand.to_org.id === one.dealer.id).at(-1)?.at : one.evidence.at(-1)?.at
  return came ?? one.opened_at
}
