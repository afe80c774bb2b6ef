import { api } from '@/api/client'
import type { Packaging } from '@/api/types'
import type { Goods } from '@/domain/scan-book'
import { load, save } from '@/platform/storage'
import { keptProducts } from './catalog'
import { ownKey, useSession } from './session'

/** A product as it is kept for scanning without network: its codes lie in its packagings. */
interface KeptGoods {
  id: number
  name: string
  color: string
  image_url: string | null
  base_unit: string
  packagings: Pick<Packaging, 'id' | 'name' | 'unit_qty' | 'gtin'>[]
}

const PAGE = 200
/** Enough for the goods of a dealer: 2,000 products take about half a megabyte. */
const PAGES = 10

let owner = ''
const byGtin = new Map<string, KeptGoods>()

function open(): void {
  const key = ownKey('goods')
  if (owner === key) return
  owner = key
  byGtin.clear()
  learn(load<KeptGoods[]>(key) ?? [])
}

function learn(products: readonly KeptGoods[]): void {
  for (const product of products) for (const pack of product.packagings) byGtin.set(pack.gtin.padStart(14, '0'), product)
}

function keep(): void {
  save(owner, [...new Set(byGtin.values())])
}

/** What a 14-digit GTIN stands for, as far as this phone knows. */
export function goodsOf(gtin: string): Goods | null {
  open()
  if (!byGtin.has(gtin)) learn(keptProducts((item) => item.packagings.some((pack) => pack.gtin.padStart(14, '0') === gtin)))
  const product = byGtin.get(gtin)
  const pack = product?.packagings.find((one) => one.gtin.padStart(14, '0') === gtin)
  if (!product || !pack) return null
  const { id: product_id, name, color, image_url, base_unit, packagings } = product
  return { product_id, name, color, image_url, base_unit, packaging_id: pack.id, packaging: pack.name, unit_qty: pack.unit_qty, packagings }
}

/** The picture and colour of a product, where this phone knows them. */
export function lookOf(productId: number): { color: string; image_url: string | null } | null {
  open()
  for (const product of byGtin.values()) if (product.id === productId) return product
  return null
}

/** Reads the own stock and what the supplier offers, so that scans are named at once and without network. */
export async function learnGoods(): Promise<void> {
  open()
  const mine = owner
  const take = (products: KeptGoods[]): void => {
    if (owner === mine) learn(products)
  }
  await pages((cursor) => api.get('/api/v1/stock', { query: { cursor, limit: PAGE } }), (items) =>
    take(items.map(({ product_id: id, product_name: name, color, base_unit, packagings }) => ({ id, name, color, image_url: null, base_unit, packagings: packagings.map(lean) }))),
  )
  if (useSession().supplier.value) {
    await pages((cursor) => api.get('/api/v1/catalog/products', { query: { cursor, limit: PAGE } }), (items) =>
      take(items.map(({ id, name, color, image_url, base_unit, packagings }) => ({ id, name, color, image_url: image_url ?? null, base_unit, packagings: packagings.map(lean) }))),
    )
  }
  if (owner === mine) keep()
}

function lean({ id, name, unit_qty, gtin }: KeptGoods['packagings'][number]): KeptGoods['packagings'][number] {
  return { id, name, unit_qty, gtin }
}

async function pages<T>(read: (cursor: string | undefined) => Promise<{ items: T[]; next_cursor?: string | null }>, take: (items: T[]) => void): Promise<void> {
  let cursor: string | undefined
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await read(cursor)
    take(answer.items)
    cursor = answer.next_cursor ?? undefined
    if (!cursor) return
  }
}
