import type { CatalogProduct } from '@/api/types'

let numbers = 0

/** A drink at 3.00 a bottle, 24 bottles to the case. */
export function aDrink(more: Partial<CatalogProduct> = {}): CatalogProduct {
  numbers += 1
  const id = more.id ?? numbers
  return {
    id,
    code: `P${id}`,
    name: `苏打水${id}`,
    spec: '500ml×24',
    category_id: 1,
    image_url: null,
    color: '#8aa4b8',
    base_unit: '瓶',
    price_fen: 300,
    guide_price_fen: 350,
    shelf_life_days: 365,
    available: 'in_stock',
    packagings: [
      { id: id * 10 + 1, name: '瓶', unit_qty: 1, gtin: '06901234567892', is_default: false },
      { id: id * 10 + 2, name: '箱', unit_qty: 24, gtin: '16901234567899', is_default: true },
    ],
    ...more,
  }
}

/** The packaging of one bottle. */
export const bottle = (product: CatalogProduct): number => product.packagings[0]!.id

/** The packaging of a case. */
export const box = (product: CatalogProduct): number => product.packagings[1]!.id
