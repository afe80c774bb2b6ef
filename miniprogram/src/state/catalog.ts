import { address, send } from '@/api/client'
import { ApiProblem } from '@shared/problem'
import type { CatalogProduct, Category } from '@/api/types'
import { forget, keysWith, load, save } from '@/platform/storage'
import { currentMe } from './session'

interface Kept<T> {
  etag: string | undefined
  at: string
  data: T
}

/** An answer, fresh or — with the time it was read — from this device because no answer came. */
export interface Read<T> {
  data: T
  staleSince: string | null
}

export interface CatalogPage {
  items: CatalogProduct[]
  next_cursor: string | null
}

/** Pages kept for reading offline; WeChat gives 10 MB in all, a page of 30 products takes about 15 KB. */
const KEPT_PAGES = 80

function prefix(): string {
  return `qutong:catalog:${currentMe()?.account_id ?? 0}:`
}

function makeRoom(): void {
  const keys = keysWith(prefix())
  if (keys.length < KEPT_PAGES) return
  const byAge = keys.map((key) => ({ key, at: load<Kept<unknown>>(key)?.at ?? '' })).sort((a, b) => (a.at < b.at ? -1 : 1))
  byAge.slice(0, 20).forEach(({ key }) => forget(key))
}

async function read<T>(path: string, query: Record<string, unknown>): Promise<Read<T>> {
  const url = address(path, {}, query)
  const key = prefix() + url
  const kept = load<Kept<T>>(key)
  try {
    const answer = await send<T>('get', url, undefined, kept?.etag ? { 'If-None-Match': kept.etag } : {})
    if (answer.status === 304 && kept) return { data: kept.data, staleSince: null }
    makeRoom()
    save(key, { etag: answer.etag, at: new Date().toISOString(), data: answer.data } satisfies Kept<T>)
    return { data: answer.data, staleSince: null }
  } catch (error) {
    if (kept && error instanceof ApiProblem && error.transient) return { data: kept.data, staleSince: kept.at }
    throw error
  }
}

export function readCategories(): Promise<Read<{ items: Category[] }>> {
  return read('/api/v1/catalog/categories', {})
}

export function readProducts(query: { category_id?: number; q?: string; buyer_id?: number; cursor?: string; limit: number }): Promise<Read<CatalogPage>> {
  return read('/api/v1/catalog/products', query)
}

/** For whom a kept page was read: 0 for the own account, else a customer, who has other goods and prices. */
function readFor(key: string): number {
  return Number(/[?&]buyer_id=(\d+)/.exec(key)?.[1] ?? 0)
}

/** Looks through the kept pages, for a search or a scan without network. */
export function keptProducts(matches: (product: CatalogProduct) => boolean, buyerId = 0): CatalogProduct[] {
  const found = new Map<number, CatalogProduct>()
  for (const key of keysWith(prefix()).filter((one) => readFor(one) === buyerId)) {
    const items = load<Kept<Partial<CatalogPage>>>(key)?.data.items ?? []
    for (const product of items) if ('packagings' in product && matches(product)) found.set(product.id, product)
  }
  return [...found.values()]
}
