import type { Shortcut } from '@/patterns/useShortcuts'

/** What the keys of an open transfer call. */
export interface TransferVerbs {
  approve: () => unknown
  reject: () => unknown
  issue: () => unknown
  receive: () => unknown
  print: () => unknown
}

/** The keys of the transfer that is open; without one they mean nothing. */
export function transferKeys(open: () => TransferVerbs | null | undefined): Shortcut[] {
  const key = (keys: string, label: string, run: (verbs: TransferVerbs) => unknown): Shortcut => ({
    keys, label, group: '调拨', when: () => !!open(), run: () => void run(open()!),
  })
  return [
    key('a', '通过', (verbs) => verbs.approve()),
    key('r', '驳回', (verbs) => verbs.reject()),
    key('i', '发出', (verbs) => verbs.issue()),
    key('e', '收货', (verbs) => verbs.receive()),
    key('p', '打印', (verbs) => verbs.print()),
  ]
}
