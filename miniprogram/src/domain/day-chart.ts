import { isoDay } from '@shared/time'

export interface Bar {
  day: string
  qty: number
  /** In percent of the highest bar; a day with a sale is never invisible. */
  height: number
}

/** A bar for each day of a period, also for those on which nothing was sold. */
export function barsOf(from: string, to: string, days: readonly { day: string; qty: number }[]): Bar[] {
  const sold = new Map(days.map((one) => [one.day, one.qty]))
  const most = Math.max(1, ...sold.values())
  const bars: Bar[] = []
  const end = new Date(`${to}T00:00:00`)
  for (const date = new Date(`${from}T00:00:00`); date <= end; date.setDate(date.getDate() + 1)) {
    const day = isoDay(date)
    const qty = sold.get(day) ?? 0
    bars.push({ day, qty, height: qty > 0 ? Math.max(3, Math.round((qty * 100) / most)) : 0 })
  }
  return bars
}

/** The first day of a period of so many days that ends today. */
export function firstDay(days: number, now: Date = new Date()): string {
  return isoDay(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days + 1))
}
