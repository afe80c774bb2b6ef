/** The last `window` days with what is known of each, the oldest first; days of which nothing is said are 0. */
export function everyDay(days: readonly { day: string; qty: number }[], window: number, today: string): number[] {
  const known = new Map(days.map((one) => [one.day, one.qty]))
  const last = Date.parse(`${today}T00:00:00Z`)
  return Array.from({ length: window }, (_, n) => known.get(new Date(last - (window - 1 - n) * 86_400_000).toISOString().slice(0, 10)) ?? 0)
}
