import type { Alert } from '@/api/types'
import { inCases } from '@shared/quantity'

type Goods = Pick<Alert, 'case_qty' | 'case_name' | 'base_unit'>

/** A quantity of an alert's product in cases and pieces. */
export function qtyOf(goods: Goods, qty: number): string {
  return inCases(qty, goods.case_qty, goods.case_name, goods.base_unit)
}

/** Where the threshold lies in base units: the quantity itself, or what is used in its days; null where nothing is used. */
export function limitOf(alert: Pick<Alert, 'limit_qty' | 'limit_days' | 'figures'>): number | null {
  if (alert.limit_qty !== null && alert.limit_qty !== undefined) return alert.limit_qty
  const { used, window_days } = alert.figures
  return used && alert.limit_days ? Math.ceil((used * alert.limit_days) / window_days) : null
}
