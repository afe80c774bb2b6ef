/** Permissions about one matter; each with those that it is of little use without. */
export interface Group {
  permissions: readonly { key: string; needs: readonly string[] }[]
}

/** Ticks a permission with all that it needs, or takes it away with all that need it. */
export function toggled(groups: readonly Group[], held: readonly string[], key: string): string[] {
  const needs = new Map(groups.flatMap((group) => group.permissions.map((one) => [one.key, one.needs] as const)))
  const found = new Set(held)
  const follow = (one: string, next: (key: string) => readonly string[]): string[] => [one, ...next(one).flatMap((more) => follow(more, next))]
  if (found.has(key)) for (const one of follow(key, (gone) => [...needs].filter(([, all]) => all.includes(gone)).map(([name]) => name))) found.delete(one)
  else for (const one of follow(key, (wanted) => needs.get(wanted) ?? [])) found.add(one)
  return [...found].sort()
}

/** What changes between two sets. */
export function difference(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  return { added: after.filter((key) => !before.includes(key)), removed: before.filter((key) => !after.includes(key)) }
}
