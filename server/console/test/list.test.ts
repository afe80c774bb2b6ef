import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { noAnswer } from '@shared/problem'
import { asked, fromQuery, toQuery, useList, type List, type Page } from '@/patterns/useList'

interface Row { id: number }
const FILTERS = { q: '', state: '', tags: [] as string[], seller: null as number | null, sort: '' }
type Ask = { filters: typeof FILTERS; cursor: string | undefined; limit: number; signal: AbortSignal }

let router: Router
let asks: Ask[]
let answers: ((page: Page<Row> | Error) => void)[]

function shown(live = false): List<Row, typeof FILTERS> {
  let list!: List<Row, typeof FILTERS>
  const Page = defineComponent({
    setup() {
      list = useList<Row, typeof FILTERS>({
        filters: FILTERS,
        limit: 2,
        fetch: (ask) => {
          asks.push(ask)
          return new Promise((resolve, reject) => answers.push((page) => (page instanceof Error ? reject(page) : resolve(page))))
        },
        ...(live ? { live: () => true } : {}),
      })
      return () => h('i')
    },
  })
  mount(Page, { global: { plugins: [router] } })
  return list
}

async function answered(page: Page<Row> | Error): Promise<void> {
  answers.shift()!(page)
  await flushPromises()
}

const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id }))

beforeEach(async () => {
  vi.useFakeTimers()
  asks = []
  answers = []
  router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/orders', component: { render: () => h('i') } }] })
  await router.push('/orders?q=abc&tags=a,b&seller=7&other=1')
})
afterEach(() => vi.useRealTimers())

describe('a list', () => {
  it('begins with the filters of its address', () => {
    const list = shown()
    expect(asks[0]!.filters).toEqual({ q: 'abc', state: '', tags: ['a', 'b'], seller: 7, sort: '' })
    expect(list.phase).toBe('loading')
    expect(list.filtered).toBe(true)
  })

  it('adds page after page until there are no more', async () => {
    const list = shown()
    await answered({ items: rows(1, 2), next_cursor: 'two' })
    void list.more()
    expect(list.phase).toBe('more')
    expect(asks[1]!.cursor).toBe('two')
    await answered({ items: rows(3), next_cursor: null })
    expect(list.items.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(list.end).toBe(true)
    await list.more()
    expect(asks).toHaveLength(2)
  })

  it('asks once when somebody types, and writes it into the address', async () => {
    const list = shown()
    await answered({ items: rows(1) })
    list.filters.q = 'x'
    await flushPromises()
    list.filters.q = 'xy'
    await flushPromises()
    await vi.advanceTimersByTimeAsync(300)
    expect(asks).toHaveLength(2)
    expect(asks[1]!.filters.q).toBe('xy')
    expect(router.currentRoute.value.query).toEqual({ q: 'xy', tags: 'a,b', seller: '7', other: '1' })
  })

  it('throws an answer away that another question has overtaken', async () => {
    const list = shown()
    void list.reload()
    expect(asks[0]!.signal.aborted).toBe(true)
    answers[1]!({ items: rows(2) })
    answers[0]!({ items: rows(1) })
    await flushPromises()
    expect(list.items).toEqual(rows(2))
  })

  it('shows nothing that a live update still brings by the filters of before', async () => {
    const list = shown()
    await answered({ items: rows(1, 2) })
    void list.refresh()
    list.filters.q = 'x'
    await flushPromises()
    expect(asks[1]!.signal.aborted).toBe(true)
    await answered({ items: rows(1, 2, 9) })
    expect(list.items).toEqual(rows(1, 2))
    await vi.advanceTimersByTimeAsync(300)
    await answered({ items: rows(3) })
    expect(list.items).toEqual(rows(3))
  })

  it('keeps what is shown when a silent refresh fails, and asks for as many rows as are shown', async () => {
    const list = shown()
    await answered({ items: rows(1, 2), next_cursor: 'two' })
    void list.more()
    await answered({ items: rows(3, 4), next_cursor: 'three' })
    void list.refresh()
    expect(asks[2]!.limit).toBe(4)
    await answered(noAnswer())
    expect(list.phase).toBe('ready')
    expect(list.items).toHaveLength(4)
  })

  it('says why nothing came, and comes back by trying again', async () => {
    const list = shown()
    await answered(noAnswer())
    expect([list.phase, list.error]).toEqual(['error', '网络不通，请检查网络后重试'])
    void list.reload()
    await answered({ items: rows(1) })
    expect(list.phase).toBe('ready')
  })

  it('forgets all filters but the order when they are reset', async () => {
    const list = shown()
    list.filters.sort = '-name'
    list.reset()
    await flushPromises()
    expect({ ...list.filters }).toEqual({ ...FILTERS, sort: '-name' })
    expect(list.filtered).toBe(false)
  })
})

describe('filters in an address', () => {
  it('are read by the type of their default, and what cannot be read is the default', () => {
    const defaults = { count: 5, on: false, id: null as number | null, text: '' }
    expect(fromQuery({ count: 'x', on: '1', id: '12', text: ['a', 'b'] }, defaults)).toEqual({ count: 5, on: true, id: 12, text: 'a' })
  })

  it('leave defaults out and others in', () => {
    expect(toQuery({ q: '', on: true }, { q: '', on: false }, { q: 'old', page: '3' })).toEqual({ page: '3', on: '1' })
  })

  it('go to the API without what is empty', () => {
    expect(asked({ q: '', state: ['a', 'b'], id: null, on: false, none: [] })).toEqual({ state: 'a,b', on: false })
  })
})
