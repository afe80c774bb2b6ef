import type { Shortcut } from '@/patterns/useShortcuts'
import { t } from './texts'

/** What the keys of an open order call. */
export interface OrderVerbs {
  approve: () => void
  reject: () => void
  edit: () => unknown
  hold: () => void
  issue: () => void
  print: () => unknown
  fillStocked: () => unknown
  fillOrdered: () => unknown
}

/** The keys of the order that is open; without one they mean nothing. */
export function orderKeys(open: () => OrderVerbs | null | undefined): Shortcut[] {
  const key = (keys: string, label: string, run: (verbs: OrderVerbs) => unknown): Shortcut => ({
    keys,
    label,
    group: t.group,
    when: () => !!open(),
    run: () => void run(open()!),
  })
  return [
    key('a', t.keys.approve, (verbs) => verbs.approve()),
    key('r', t.keys.reject, (verbs) => verbs.reject()),
    key('e', t.keys.edit, (verbs) => verbs.edit()),
    key('s', t.keys.stocked, (verbs) => verbs.fillStocked()),
    key('d', t.keys.ordered, (verbs) => verbs.fillOrdered()),
    key('h', t.keys.hold, (verbs) => verbs.hold()),
    key('i', t.keys.issue, (verbs) => verbs.issue()),
    key('p', t.keys.print, (verbs) => verbs.print()),
  ]
}
