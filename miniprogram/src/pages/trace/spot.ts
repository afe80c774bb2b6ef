/** Where a case was seen: a shop, or a county where the shop is nobody's. */
export interface Spot {
  store_id?: number
  region_code?: string
  name: string
}
