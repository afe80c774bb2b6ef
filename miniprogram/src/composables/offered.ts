import { api } from '@/api/client'
import type { CatalogProduct } from '@/api/types'

const AT_ONCE = 4

/** Products as they are offered today, by their id: the catalogue is searched by code, a few questions at a time. */
export async function offeredNow(wanted: readonly { product_id: number; product_code: string }[]): Promise<Map<number, CatalogProduct>> {
  const found = new Map<number, CatalogProduct>()
  const lines = [...new Map(wanted.map((line) => [line.product_id, line])).values()]
  for (let start = 0; start < lines.length; start += AT_ONCE) {
    const pages = await Promise.all(
      lines.slice(start, start + AT_ONCE).map((line) => api.get('/api/v1/catalog/products', { query: { q: line.product_code, limit: 5 } })),
    )
    for (const page of pages) for (const product of page.items) found.set(product.id, product)
  }
  return found
}
