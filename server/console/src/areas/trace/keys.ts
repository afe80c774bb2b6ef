import type { Shortcut } from '@/patterns/useShortcuts'

/** What the keys of an open diversion call. */
export interface DiversionVerbs {
  take: () => unknown
  ask: () => unknown
  decide: () => unknown
}

/** The keys of the diversion that is open; without one they mean nothing. */
export function diversionKeys(open: () => DiversionVerbs | null | undefined): Shortcut[] {
  const key = (keys: string, label: string, run: (verbs: DiversionVerbs) => unknown): Shortcut => ({
    keys, label, group: '窜货单', when: () => !!open(), run: () => void run(open()!),
  })
  return [key('t', '我来处理', (verbs) => verbs.take()), key('q', '请经销商说明', (verbs) => verbs.ask()), key('d', '判定', (verbs) => verbs.decide())]
}
