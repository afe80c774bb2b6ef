import { computed, onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter, type LocationQuery, type Router } from 'vue-router'
import { isAborted, messageOf } from '@shared/problem'
import type { LiveEvent } from '@/live/live'
import { whenBackOnline } from '@/session/network'
import { useLive } from './useLive'

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** loading: nothing to show yet; more: the next page is under way; the rest is as it reads. */
export type Phase = 'loading' | 'ready' | 'more' | 'error'

/** What a filter may hold. Its default tells its type, and is what the address leaves out. */
export type FilterValue = string | number | boolean | null | string[]
export type Filters = Record<string, FilterValue>

export interface ListOptions<T, F extends Filters> {
  /** Every filter with its default; sorting is one of them, by the name `sort`. */
  filters: F
  fetch: (ask: { filters: F; cursor: string | undefined; limit: number; signal: AbortSignal }) => Promise<Page<T>>
  /** Which live events change this list. */
  live?: (event: LiveEvent) => boolean
  limit?: number
  /** Keep the filters out of the address: for a list inside a pane or drawer. */
  detached?: boolean
}

export interface List<T, F extends Filters> {
  items: T[]
  phase: Phase
  /** Why the last page did not come. */
  error: string
  end: boolean
  refreshing: boolean
  /** Bind inputs to these; a change asks again and is written into the address. */
  filters: F
  /** Whether any filter (but sorting) differs from its default. */
  filtered: boolean
  reset: () => void
  /** Changes some filters at once. */
  set: (some: Partial<F>) => void
  /** From the beginning, with the loading state. */
  reload: () => Promise<void>
  /** Asks again for what is shown and swaps it in, without a loading state: after a live event or an own write. */
  refresh: () => Promise<void>
  more: () => Promise<void>
}

const PAGE = 50
const MAX_REFRESH = 200
const TYPING_MS = 250

/** A list read page by page; an answer that was overtaken by another question is thrown away. */
export function useList<T, F extends Filters>(options: ListOptions<T, F>): List<T, F> {
  const items = shallowRef<T[]>([])
  const phase = ref<Phase>('loading')
  const error = ref('')
  const end = ref(false)
  const refreshing = ref(false)
  const filters = options.detached ? (reactive({ ...options.filters }) as F) : useQueryFilters(options.filters)
  const limit = options.limit ?? PAGE
  let cursor: string | undefined
  let asking: AbortController | null = null

  async function ask(from: string | undefined, count: number, take: (page: Page<T>) => void, quiet = false): Promise<void> {
    asking?.abort()
    const mine = (asking = new AbortController())
    try {
      const page = await options.fetch({ filters: { ...filters }, cursor: from, limit: count, signal: mine.signal })
      if (mine !== asking) return
      take(page)
      cursor = page.next_cursor ?? undefined
      end.value = !cursor
      phase.value = 'ready'
      error.value = ''
    } catch (problem) {
      if (mine !== asking || isAborted(problem)) return
      error.value = messageOf(problem)
      phase.value = quiet && items.value.length > 0 ? 'ready' : 'error'
    }
  }

  async function reload(): Promise<void> {
    phase.value = 'loading'
    items.value = []
    await ask(undefined, limit, (page) => (items.value = page.items))
  }

  async function refresh(): Promise<void> {
    if (phase.value === 'loading' && asking) return
    refreshing.value = true
    const count = Math.min(MAX_REFRESH, Math.max(limit, items.value.length))
    await ask(undefined, count, (page) => (items.value = page.items), true)
    refreshing.value = false
  }

  async function more(): Promise<void> {
    if (end.value || phase.value === 'loading' || phase.value === 'more' || items.value.length === 0) return
    phase.value = 'more'
    await ask(cursor, limit, (page) => (items.value = [...items.value, ...page.items]))
  }

  function reset(): void {
    Object.assign(filters, { ...options.filters, ...('sort' in filters ? { sort: filters.sort } : {}) })
  }

  function set(some: Partial<F>): void {
    Object.assign(filters, some)
  }

  let typing: ReturnType<typeof setTimeout> | undefined
  watch(filters, () => {
    // What comes of the question before would be shown as an answer to this one.
    asking?.abort()
    asking = null
    clearTimeout(typing)
    typing = setTimeout(() => void reload(), TYPING_MS)
  })
  const stop = whenBackOnline(() => void refresh())
  onScopeDispose(() => {
    clearTimeout(typing)
    asking?.abort()
    stop()
  })
  if (options.live) useLive(options.live, () => void refresh())
  void reload()

  const filtered = computed(() => Object.keys(filters).some((name) => name !== 'sort' && !same(filters[name], options.filters[name])))
  return reactive({ items, phase, error, end, refreshing, filters, filtered, reset, set, reload, refresh, more }) as List<T, F>
}

function same(one: FilterValue | undefined, other: FilterValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The filters of a page, kept in its address: reload, back, forward and a sent link all show the same list. */
export function useQueryFilters<F extends Filters>(defaults: F): F {
  const route = useRoute()
  const router = useRouter()
  const here = route.path
  const filters = reactive(fromQuery(route.query, defaults)) as F

  watch(filters, () => {
    if (route.path === here) void writeQuery(router, (query) => toQuery(filters, defaults, query))
  })
  watch(
    () => route.query,
    (query) => {
      if (route.path !== here || unwritten) return
      const wanted = fromQuery(query, defaults)
      if (!same(wanted as never, { ...filters } as never)) Object.assign(filters, wanted)
    },
  )
  return filters
}

let unwritten: { path: string; query: LocationQuery } | null = null

/** Two parts of a page that change the address at one moment: neither takes back what the other wrote. */
async function writeQuery(router: Router, change: (query: LocationQuery) => LocationQuery): Promise<void> {
  const { path, query, hash } = router.currentRoute.value
  const mine = (unwritten = { path, query: change(unwritten?.path === path ? unwritten.query : query) })
  await router.replace({ path, query: mine.query, hash })
  if (unwritten === mine) unwritten = null
}

/** The address's query → filters; what cannot be read is its default. */
export function fromQuery<F extends Filters>(query: LocationQuery, defaults: F): F {
  const read = Object.entries(defaults).map(([name, standard]) => {
    const raw = query[name]
    const text = Array.isArray(raw) ? raw[0] : raw
    return [name, text === undefined || text === null ? standard : parsed(text, standard)]
  })
  return Object.fromEntries(read) as F
}

function parsed(text: string, standard: FilterValue): FilterValue {
  if (Array.isArray(standard)) return text ? text.split(',') : []
  if (typeof standard === 'boolean') return text === '1'
  if (typeof standard === 'number') return Number.isFinite(Number(text)) ? Number(text) : standard
  // null stands for "none chosen", mostly an id.
  if (standard === null) return /^\d{1,15}$/.test(text) ? Number(text) : text || null
  return text
}

/** Filters → the address's query without what is a default; other parameters of the address stay. */
export function toQuery<F extends Filters>(filters: F, defaults: F, current: LocationQuery = {}): LocationQuery {
  const query: LocationQuery = { ...current }
  for (const [name, value] of Object.entries(filters)) {
    if (same(value, defaults[name])) delete query[name]
    else query[name] = Array.isArray(value) ? value.join(',') : typeof value === 'boolean' ? (value ? '1' : '0') : String(value ?? '')
  }
  return query
}

/** Filters as a query for the API: what is empty is left out, lists are joined by commas. */
export function asked<F extends Filters>(filters: F): { [K in keyof F]?: F[K] extends string[] ? string : NonNullable<F[K]> } {
  const kept = Object.entries(filters)
    .filter(([, value]) => value !== '' && value !== null && value !== undefined && !(Array.isArray(value) && !value.length))
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value])
  return Object.fromEntries(kept) as never
}
