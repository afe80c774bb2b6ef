import { ref, shallowRef, type Ref } from 'vue'
import { messageOf } from '@shared/problem'
import { lastSeen } from '@/state/last-seen'
import { useList, type List, type Page, type Phase } from './useList'

/** One thing that a page shows, also without network as it was seen last. */
export function useSeen<T>(name: () => string, ask: () => Promise<T>) {
  const data = shallowRef<T | null>(null)
  const phase = ref<Phase>('loading')
  const error = ref('')
  const staleSince = ref<string | null>(null)
  let question = 0

  async function load(): Promise<void> {
    question += 1
    const mine = question
    if (!data.value) phase.value = 'loading'
    try {
      const seen = await lastSeen(name(), ask)
      if (mine !== question) return
      data.value = seen.data
      staleSince.value = seen.staleSince
      phase.value = 'ready'
    } catch (problem) {
      if (mine !== question) return
      error.value = messageOf(problem)
      phase.value = 'error'
    }
  }

  /** Something else is asked for: what was shown is none of it. */
  function again(): Promise<void> {
    data.value = null
    return load()
  }

  return { data, phase, error, staleSince, load, again }
}

/** A list of which the first page is shown without network too, as it was seen last. */
export function useSeenList<T>(name: () => string, fetch: (cursor: string | undefined, limit: number) => Promise<Page<T>>): List<T> & { staleSince: Ref<string | null> } {
  const staleSince = ref<string | null>(null)
  const list = useList<T>(async (cursor, limit) => {
    if (cursor) return fetch(cursor, limit)
    const seen = await lastSeen(name(), () => fetch(undefined, limit))
    staleSince.value = seen.staleSince
    // What lies beyond the first page is not there without network.
    return seen.staleSince ? { ...seen.data, next_cursor: null } : seen.data
  })
  return { ...list, staleSince }
}
