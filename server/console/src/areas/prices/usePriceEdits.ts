import { computed, reactive, ref } from 'vue'
import { answer, api, once } from '@/api/client'
import { ApiProblem, messageOf } from '@shared/problem'
import type { Schemas } from '@/api/types'
import { tellDone, tellProblem } from '@/patterns/tell'
import { useAction } from '@/patterns/useAction'
import { isoDay } from '@shared/time'
import { cellKey, type Edit, type GridRow } from './edits'

/** Whose list a column is. */
export type Audience = { price_group: string } | { buyer_id: number }

export interface Shown {
  title: string
  effect: Schemas['Effect']
}

/**
 * Changed cells until they are saved: first what they would do is shown, then each column's list is set, all of it or
 * nothing. What the server refuses stands at its cell.
 */
export function usePriceEdits(options: {
  audienceOf: (column: string) => Audience
  titleOf: (column: string) => string
  /** What the column's own list says, as it was read; 0 for nothing. */
  seenOf: (productId: number, column: string) => number
  saved: () => void
}) {
  const edits = reactive(new Map<string, Edit>())
  const fromOn = ref<string | null>(null)
  const untilOn = ref<string | null>(null)
  const effects = ref<Shown[]>([])
  const showing = ref(false)
  const wrong = computed(() => [...edits.values()].filter((edit) => edit.wrong).length)
  const columns = computed(() => [...new Set([...edits.values()].map((edit) => edit.column))])

  function editsOf(column: string): Edit[] {
    return [...edits.values()].filter((edit) => edit.column === column)
  }

  function bodyOf(column: string): Schemas['PriceList'] {
    const now = !fromOn.value || fromOn.value === isoDay(new Date())
    return {
      ...options.audienceOf(column),
      ...(fromOn.value ? { from_on: fromOn.value } : {}),
      ...(untilOn.value ? { until_on: untilOn.value } : {}),
      prices: editsOf(column).map((edit) => ({
        product_id: edit.productId,
        price_fen: edit.fen,
        ...(now ? { seen_fen: options.seenOf(edit.productId, column) } : {}),
      })),
    }
  }

  const preview = useAction(async () => {
    const found: Shown[] = []
    for (const column of columns.value) {
      const effect = await answer(api.POST('/api/v1/prices/preview', { body: bodyOf(column) }))
      found.push({ title: options.titleOf(column), effect })
    }
    effects.value = found
    showing.value = true
  })

  const saving = ref(false)
  async function save(): Promise<void> {
    if (saving.value) return
    saving.value = true
    let changed = 0
    try {
      for (const column of columns.value) {
        const done = await saveColumn(column)
        if (done === null) return
        changed += done
      }
      tellDone(`已保存 ${changed} 个价格`)
    } finally {
      saving.value = false
      showing.value = false
      options.saved()
    }
  }

  async function saveColumn(column: string): Promise<number | null> {
    const asked = editsOf(column)
    const body = bodyOf(column)
    try {
      const key = `prices-${crypto.randomUUID()}`
      const done = await answer(api.POST('/api/v1/prices', { body, headers: once(key) }))
      for (const edit of asked) edits.delete(cellKey(edit.productId, edit.column))
      return done.changed
    } catch (error) {
      if (error instanceof ApiProblem) mark(error, asked)
      tellProblem(messageOf(error))
      return null
    }
  }

  /** What the server says about a price stands at its cell. */
  function mark(problem: ApiProblem, asked: Edit[]): void {
    for (const { pointer, detail } of problem.errors) {
      const index = Number(/^\/prices\/(\d+)\//.exec(pointer)?.[1] ?? -1)
      const edit = asked[index]
      if (edit) edits.set(cellKey(edit.productId, edit.column), { ...edit, wrong: detail })
    }
  }

  function discard(): void {
    edits.clear()
    fromOn.value = null
    untilOn.value = null
  }

  function put(some: { fromOn?: string | null; untilOn?: string | null; showing?: boolean }): void {
    if (some.fromOn !== undefined) fromOn.value = some.fromOn
    if (some.untilOn !== undefined) untilOn.value = some.untilOn
    if (some.showing !== undefined) showing.value = some.showing
  }

  return reactive({ edits, fromOn, untilOn, effects, showing, wrong, preview, saving, save, discard, put })
}

export type PriceEdits = ReturnType<typeof usePriceEdits>

/** The rows of a page as the list has them, by product. */
export function byProduct(rows: readonly GridRow[]): Map<number, GridRow> {
  return new Map(rows.map((row) => [row.product_id, row]))
}
