import { t } from '@/texts'
import type { Finder, MenuItem } from './areas'
import type { IconName } from './icons'

/** A line of the command palette. */
export interface Result {
  kind: string
  title: string
  note?: string
  to: string
  icon: IconName
}

/** Pages whose name or other words begin or contain what was typed; all of them when nothing was. */
export function findPages(words: string, items: MenuItem[]): Result[] {
  const wanted = words.trim().toLowerCase()
  return items
    .filter((item) => !wanted || `${item.title} ${item.group} ${item.keywords ?? ''}`.toLowerCase().includes(wanted))
    .map((item) => ({ kind: t.shell.pages, title: item.title, note: item.group, to: item.to, icon: item.icon }))
}

/** What all finders find; one that fails leaves the others their say. */
export async function gathered(finders: Finder[], words: string, signal: AbortSignal): Promise<Result[]> {
  const answers = await Promise.all(
    finders.map(async (finder) => {
      try {
        const found = await finder.find(words, signal)
        return found.map((one) => ({ kind: finder.title, icon: finder.icon, ...one }))
      } catch {
        return []
      }
    }),
  )
  return answers.flat()
}
