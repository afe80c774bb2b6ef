import { api } from '@/api/client'
import type { Packaging } from '@/api/types'
import type { DraftLine } from '@/domain/transfer-draft'
import { readProducts } from '@/state/catalog'
import { casePack } from '@shared/quantity'

/** Goods that a giver may spare, as they are chosen. */
export interface Spare extends Omit<DraftLine, 'qty'> {
  code: string
  color: string
}

const FOUND = 50

/** What is chosen of a product: whole cases where it has some. */
export function spare(given: { id: number; name: string; code: string; color: string; base_unit: string; packagings: Packaging[] }, free: number | null): Spare {
  const pack = casePack(given.packagings)
  return {
    product_id: given.id, name: given.name, code: given.code, color: given.color, base_unit: given.base_unit, unit_qty: pack?.unit_qty ?? 1, packaging_name: pack?.name ?? given.base_unit, free,
  }
}

/** What an org has in stock (0: the own one); of the supplier (null) only what he offers is known. */
export async function searchGoods(giver: number | null, q: string): Promise<Spare[]> {
  if (giver === null) return (await readProducts({ q: q || undefined, limit: FOUND })).data.items.map((item) => spare(item, null))
  const { items } = await api.get('/api/v1/stock', { query: { org_id: giver || undefined, q: q || undefined, limit: FOUND } })
  return items.map((item) => spare({ id: item.product_id, name: item.product_name, code: item.product_code, color: item.color, base_unit: item.base_unit, packagings: item.packagings }, item.available))
}
