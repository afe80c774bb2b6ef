import { answer, api } from '@/api/client'
import type { Matrix } from './words'

export function readMatrix(): Promise<Matrix> {
  return answer(api.GET('/api/v1/permissions'))
}

let names: Record<string, string> | null = null

/** What permissions are called; they change with a new version of the program only. */
export async function permissionNames(): Promise<Record<string, string>> {
  if (!names) {
    const { groups } = await readMatrix()
    names = Object.fromEntries(groups.flatMap((group) => group.permissions.map((one) => [one.key, one.name])))
  }
  return names
}

/** Ticks a permission with all that it needs, or takes it away with all that need it. */
export function toggled(matrix: Matrix, held: readonly string[], key: string): string[] {
  const needs = new Map(matrix.groups.flatMap((group) => group.permissions.map((one) => [one.key, one.needs] as const)))
  const found = new Set(held)
  const follow = (one: string, next: (key: string) => string[]): string[] => [one, ...next(one).flatMap((more) => follow(more, next))]
  if (found.has(key)) for (const one of follow(key, (gone) => [...needs].filter(([, all]) => all.includes(gone)).map(([name]) => name))) found.delete(one)
  else for (const one of follow(key, (wanted) => needs.get(wanted) ?? [])) found.add(one)
  return [...found].sort()
}

/** What changes between two sets. */
export function difference(before: readonly string[], after: readonly string[]): { added: string[]; removed: string[] } {
  return { added: after.filter((key) => !before.includes(key)), removed: before.filter((key) => !after.includes(key)) }
}
