import { computed, reactive, ref } from 'vue'
import { api } from '@/api/client'
import { ApiProblem } from '@shared/problem'
import type { CatalogProduct, Category } from '@/api/types'
import { casesAndPieces } from '@shared/quantity'
import { relativeTime } from '@shared/time'
import { keptProducts, readCategories, readProducts } from '@/state/catalog'
import { t } from '@/texts'
import { useList, type Page } from './useList'

interface Row {
  product: CatalogProduct
  hint: string
}

/** Two entries of the side bar that are no categories. */
const FREQUENT = -1
const ALL = 0

/** The catalogue as a buyer walks through it: usual goods, categories, search; readable without network. */
export function useCatalog() {
  const all = ref<Category[]>([])
  const chosen = reactive<{ root: number; child: number }>({ root: ALL, child: ALL })
  const query = ref('')
  const staleSince = ref<string | null>(null)
  /** Alternates so that the list jumps to its beginning when another category is chosen. */
  const top = ref(0)

  const byPlace = (a: Category, b: Category) => a.sort - b.sort || a.id - b.id
  const categories = computed(() => [
    { id: FREQUENT, name: t.catalog.frequent },
    { id: ALL, name: t.catalog.all },
    ...all.value.filter((category) => category.parent_id === null).sort(byPlace),
  ])
  const children = computed(() => {
    const found = all.value.filter((category) => category.parent_id === chosen.root).sort(byPlace)
    return found.length > 0 && chosen.root > 0 ? [{ id: ALL, name: t.common.all }, ...found] : []
  })

  const list = useList<Row>(fetch)
  const rows = computed(() => list.items.value)
  const emptyText = computed(() => {
    if (query.value) return t.catalog.emptySearch(query.value)
    return chosen.root === FREQUENT ? t.catalog.emptyFrequent : t.catalog.empty
  })

  async function fetch(cursor: string | undefined, limit: number): Promise<Page<Row>> {
    if (query.value) return searched(query.value, cursor, limit)
    if (chosen.root === FREQUENT) return frequent()
    const categoryId = chosen.child || chosen.root
    const page = await readProducts({ cursor, limit, ...(categoryId > 0 ? { category_id: categoryId } : {}) })
    staleSince.value = page.staleSince
    return rowsOf(page.data.items, page.data.next_cursor)
  }

  async function searched(q: string, cursor: string | undefined, limit: number): Promise<Page<Row>> {
    try {
      const page = await readProducts({ q, cursor, limit })
      staleSince.value = page.staleSince
      return rowsOf(page.data.items, page.data.next_cursor)
    } catch (problem) {
      if (!(problem instanceof ApiProblem && problem.offline)) throw problem
      staleSince.value = new Date().toISOString()
      return rowsOf(keptProducts((product) => product.name.includes(q) || product.code.includes(q.toUpperCase())), null)
    }
  }

  async function frequent(): Promise<Page<Row>> {
    const { items } = await api.get('/api/v1/catalog/frequent')
    staleSince.value = null
    return {
      items: items.map(({ product, packaging_id, packaging_qty, last_ordered_at }) => {
        const pack = product.packagings.find((one) => one.id === packaging_id)
        const qty = casesAndPieces(packaging_qty * (pack?.unit_qty ?? 1), product.packagings, product.base_unit)
        return { product, hint: t.catalog.lastOrdered(relativeTime(last_ordered_at), qty) }
      }),
      next_cursor: null,
    }
  }

  function begin(): Promise<void> {
    top.value = top.value === 0 ? 0.1 : 0
    return list.reload()
  }

  async function loadCategories(): Promise<void> {
    try {
      all.value = (await readCategories()).data.items
    } catch {
      // The list of products below says what is wrong and offers to try again.
    }
  }

  return {
    chosen,
    query,
    categories,
    children,
    list,
    rows,
    staleSince,
    top,
    emptyText,
    start: () => Promise.all([loadCategories(), list.reload()]),
    choose: (id: number) => {
      chosen.root = id
      chosen.child = ALL
      return begin()
    },
    chooseChild: (id: number) => {
      chosen.child = id
      return begin()
    },
    search: (q: string) => {
      query.value = q
      return begin()
    },
  }
}

function rowsOf(products: CatalogProduct[], next: string | null | undefined): Page<Row> {
  return { items: products.map((product) => ({ product, hint: '' })), next_cursor: next ?? null }
}
