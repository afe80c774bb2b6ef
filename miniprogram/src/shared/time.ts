const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** A local day as "2026-11-24". */
export function isoDay(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

function clock(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}`
}

function daysBetween(from: Date, to: Date): number {
  const start = new Date(from.getFullYear(), from.getMonth(), from.getDate()).getTime()
  const end = new Date(to.getFullYear(), to.getMonth(), to.getDate()).getTime()
  return Math.round((end - start) / DAY)
}

/** "刚刚", "5分钟前", "今天 09:30", "昨天 18:02", "11-20 08:00", "2025-12-31". */
export function relativeTime(iso: string, now: Date = new Date()): string {
  const date = new Date(iso)
  const age = now.getTime() - date.getTime()
  if (age < MINUTE) return '刚刚'
  if (age < HOUR) return `${Math.floor(age / MINUTE)}分钟前`
  const days = daysBetween(date, now)
  if (days === 0) return `今天 ${clock(date)}`
  if (days === 1) return `昨天 ${clock(date)}`
  if (date.getFullYear() === now.getFullYear()) return `${isoDay(date).slice(5)} ${clock(date)}`
  return isoDay(date)
}

/** "2026-11-24 14:05", where the exact moment matters. */
export function exactTime(iso: string): string {
  const date = new Date(iso)
  return `${isoDay(date)} ${clock(date)}`
}

/** How far a day is: "今天", "明天", "3天后", "已过期2天". */
export function daysUntil(day: string, now: Date = new Date()): number {
  return daysBetween(now, new Date(`${day}T00:00:00`))
}

/** A day as people say it: "11月27日 周五". */
export function shortDay(day: string): string {
  const date = new Date(`${day}T00:00:00`)
  return `${date.getMonth() + 1}月${date.getDate()}日 周${'日一二三四五六'[date.getDay()]}`
}
