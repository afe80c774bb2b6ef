import type { AuditEntry } from '@/api/types'
import { yuan } from '@shared/money'
import { exactTime } from '@shared/time'
import { areas, type AuditWords } from '@/shell/areas'
import { t } from '@/texts'

/** One field of an entry: as it was (unknown where an entry only says what is), and as it is. */
export interface Change {
  field: string
  before?: string
  after: string
}

type Words = Required<AuditWords>

/** Verbs beside the edits that say what was, and what is. */
const PAIRED = new Set(['set_tags', 'set_price_authority', 'change_authority', 'move', 'assign', 'add_contact', 'remove_contact'])

/** The words of all areas in one; what an area says later stands. */
export function collected(all: (AuditWords | undefined)[]): Words {
  const words: Words = { subjects: {}, verbs: {}, fields: {}, values: {}, page: {} }
  for (const one of all) {
    for (const part of ['subjects', 'verbs', 'fields', 'page'] as const) Object.assign(words[part], one?.[part])
    // Several areas have words for the codes of one field: `kind` is that of an org, and that of a paper.
    for (const [field, codes] of Object.entries(one?.values ?? {})) words.values[field] = { ...words.values[field], ...codes }
  }
  return words
}

let known: Words | null = null

/** The words for the audit trail, from all areas. */
export function auditWords(): Words {
  return (known ??= collected(areas.map((area) => area.audit)))
}

/** "冻结" for {verb: "freeze", subject_kind: "org"}; a verb without a word is shown as it is. */
export function verbOf(entry: Pick<AuditEntry, 'verb' | 'subject_kind'>, words: Words = auditWords()): string {
  return words.verbs[`${entry.subject_kind}.${entry.verb}`] ?? words.verbs[entry.verb] ?? entry.verb
}

/** What an entry changed, in words: edits say [old, new] per field, other verbs say what was given. */
export function changesOf(entry: Pick<AuditEntry, 'changes' | 'verb'> & { named?: Named }, words: Words = auditWords()): Change[] {
  const changes = entry.changes
  if (typeof changes !== 'object' || changes === null) return []
  const paired = entry.verb.startsWith('edit') || PAIRED.has(entry.verb)
  const { lat, lng, ...others } = changes as Record<string, unknown>
  const shown = Object.entries(others)
    .filter(([, value]) => value !== null && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => {
      const field = titleOf(name, entry.named ?? {}, words)
      const say = (one: unknown): string => spoken(name, one, words, entry.named ?? {})
      return paired && isPair(value) ? { field, before: say(value[0]), after: say(value[1]) } : { field, after: say(value) }
    })
  const place = lat ?? lng
  return place === null || place === undefined ? shown : [...shown, { field: t.audit.place, after: placed(paired && isPair(place) ? place : [null, place]) }]
}

/** Names of records that the changes name by ids: field, then id. */
type Named = AuditEntry['named']

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2
}

/** Degrees tell nobody where something is: that a place was set, moved or taken away is what can be read. */
function placed([before, after]: [unknown, unknown]): string {
  if (after === null) return t.audit.placeGone
  return before === null ? t.audit.placeSet : t.audit.placeMoved
}

/** "上级" for parent_id, where its record has a name; else "上级编号". */
function titleOf(name: string, named: Named, words: Words): string {
  const title = words.fields[name] ?? name
  return named[name] && title.length > 2 ? title.replace(/编号$/, '') : title
}

/** What an entry is about, as people call it: "组织 杭州江南商贸"; by its number where it is gone. */
export function subjectOf(entry: Pick<AuditEntry, 'subject_kind' | 'subject_id' | 'subject_name' | 'changes'>, words: Words = auditWords()): string {
  const kind = words.subjects[entry.subject_kind] ?? entry.subject_kind
  const changes = entry.changes as { name?: unknown; number?: unknown } | null
  const said = [changes?.name, changes?.number].find((one) => typeof one === 'string' && one)
  return [kind, entry.subject_name || said || (entry.subject_id ? `#${entry.subject_id}` : '')].filter(Boolean).join(' ')
}

function spoken(name: string, value: unknown, words: Words, named: Named): string {
  if (value === null || value === undefined || value === '') return t.audit.blank
  if (typeof value === 'boolean') return value ? t.common.yes : t.common.no
  if (typeof value === 'number' && name.endsWith('_fen')) return yuan(value)
  if (typeof value === 'number' && named[name]?.[value]) return named[name][value]
  if (typeof value === 'string' && words.values[name]?.[value]) return words.values[name][value]
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return exactTime(value)
  if (Array.isArray(value)) return value.length ? value.map((one) => spoken(name, one, words, named)).join('、') : t.audit.blank
  if (typeof value === 'object') {
    return Object.entries(value)
      .filter(([, one]) => one !== null && one !== '')
      .map(([field, one]) => `${titleOf(field, named, words)} ${spoken(field, one, words, named)}`)
      .join('，')
  }
  return String(value)
}
