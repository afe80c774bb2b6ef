import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { messageOf } from '@shared/problem'

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** loading: nothing to show yet; more: the next page is under way; the rest is as it reads. */
export type Phase = 'loading' | 'ready' | 'more' | 'error'

export interface List<T> {
  items: ShallowRef<T[]>
  phase: Ref<Phase>
  /** Why the last page did not come. */
  error: Ref<string>
  end: Ref<boolean>
  refreshing: Ref<boolean>
  /** From the beginning, with the loading state: another filter. */
  reload: () => Promise<void>
  /** Asks again for what is shown and swaps it in, without a loading state: a live update or a pull. */
  refresh: () => Promise<void>
  more: () => Promise<void>
}

const PAGE = 20
const MAX_REFRESH = 100

/** A list read page by page; an answer that was overtaken by another question is thrown away. */
export function useList<T>(fetch: (cursor: string | undefined, limit: number) => Promise<Page<T>>): List<T> {
  const items = shallowRef<T[]>([])
  const phase = ref<Phase>('loading')
  const error = ref('')
  const end = ref(false)
  const refreshing = ref(false)
  let cursor: string | undefined
  let question = 0

  async function ask(from: string | undefined, limit: number, take: (page: Page<T>) => void, quiet = false): Promise<void> {
    question += 1
    const mine = question
    try {
      const page = await fetch(from, limit)
      if (mine !== question) return
      take(page)
      cursor = page.next_cursor ?? undefined
      end.value = !cursor
      phase.value = 'ready'
      error.value = ''
    } catch (problem) {
      if (mine !== question) return
      error.value = messageOf(problem)
      if (!quiet || items.value.length === 0) phase.value = 'error'
    }
  }

  async function reload(): Promise<void> {
    phase.value = 'loading'
    items.value = []
    await ask(undefined, PAGE, (page) => (items.value = page.items))
  }

  async function refresh(): Promise<void> {
    if (phase.value === 'loading' && items.value.length === 0 && question > 0) return
    refreshing.value = true
    const limit = Math.min(MAX_REFRESH, Math.max(PAGE, items.value.length))
    await ask(undefined, limit, (page) => (items.value = page.items), true)
    refreshing.value = false
  }

  async function more(): Promise<void> {
    if (end.value || phase.value === 'loading' || phase.value === 'more' || items.value.length === 0) return
    phase.value = 'more'
    await ask(cursor, PAGE, (page) => (items.value = [...items.value, ...page.items]))
  }

  return { items, phase, error, end, refreshing, reload, refresh, more }
}
