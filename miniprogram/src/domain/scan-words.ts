import type { BookLine } from './scan-book'

/** "12箱 5瓶": how much was scanned, by the names of its packagings. */
export function splitQuantities(lines: readonly Pick<BookLine, 'goods' | 'count'>[]): string {
  const sums = new Map<string, { count: number; size: number }>()
  for (const { goods, count } of lines) {
    const before = sums.get(goods.packaging)
    sums.set(goods.packaging, { count: (before?.count ?? 0) + count, size: Math.max(before?.size ?? 0, goods.unit_qty) })
  }
  return [...sums].sort(([, a], [, b]) => b.size - a.size).map(([name, { count }]) => `${count}${name}`).join(' ')
}
