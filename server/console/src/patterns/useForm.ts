import { computed, reactive, ref, watch } from 'vue'
import { ApiProblem, messageOf } from '@shared/problem'
import { newKey } from '@shared/keys'
import { ownKey } from '@/session/session'
import { tellDone } from './tell'

export type FieldErrors = Record<string, string>

export interface FormOptions<V extends object, R> {
  /** An empty form, or the values of the record that is edited. */
  initial: () => V
  /** Sends it; the key makes a repetition safe. The record's `version` belongs to what it sends. */
  save: (values: V, idempotencyKey: string) => Promise<R>
  /** What is wrong before the server is asked, by field: { phone: '请输入 11 位手机号' }. */
  check?: (values: V) => FieldErrors
  /** Names what is kept on this computer until it is saved, e.g. "dealer:new" or "dealer:12"; without it nothing is. */
  draft?: () => string | null
  /** What to say when it is saved. */
  done?: string
}

export interface Form<V extends object, R> {
  values: V
  /** By dotted field: errors.name, errors['contacts.0.phone']. */
  errors: FieldErrors
  /** Why it was not saved, when that is about no single field. */
  problem: string
  /** Somebody else changed the record since it was read. */
  stale: boolean
  dirty: boolean
  saving: boolean
  /** The values come from an earlier visit that was not saved. */
  restored: boolean
  /** Checks and saves; the answer when it was saved. */
  submit: () => Promise<R | undefined>
  /** Begins anew with the initial values, or these; a draft that was kept is laid over them. */
  load: (values?: V) => void
  /** What I typed over what somebody else changed meanwhile: takes the version of the newest, nothing more. */
  rebase: (newest: V) => void
  /** Gives up what was typed. */
  discard: () => void
}

/** A form: what the server says about a field stands at the field, nothing typed is lost, nothing is saved twice. */
export function useForm<V extends object, R>(options: FormOptions<V, R>): Form<V, R> {
  const values = reactive(options.initial()) as V
  const errors = reactive<FieldErrors>({})
  const problem = ref('')
  const stale = ref(false)
  const saving = ref(false)
  const restored = ref(false)
  const clean = ref(JSON.stringify(values))
  const dirty = computed(() => JSON.stringify(values) !== clean.value)
  let key = ''
  let keyOf = ''
  /** The values that the errors are about: a field's error goes when the field is changed. */
  let judged = '{}'

  const place = (): string | null => {
    const name = options.draft?.()
    return name ? ownKey(`draft:${name}`) : null
  }

  function put(given: V): void {
    for (const name of Object.keys(values)) if (!(name in given)) delete values[name as keyof V]
    Object.assign(values, JSON.parse(JSON.stringify(given)))
  }

  function clear(): void {
    for (const name of Object.keys(errors)) delete errors[name]
    problem.value = ''
    stale.value = false
  }

  function load(given: V = options.initial()): void {
    clear()
    put(given)
    clean.value = JSON.stringify(values)
    const kept = readDraft<V>(place())
    restored.value = kept !== null
    if (!kept) return
    put({ ...given, ...kept, ...versionOf(given) })
    // Begun on what somebody has changed since: the page asks which of the two is to be.
    stale.value = JSON.stringify(versionOf(kept)) !== JSON.stringify(versionOf(given))
  }

  function discard(): void {
    const where = place()
    if (where) localStorage.removeItem(where)
    restored.value = false
    clear()
    put(JSON.parse(clean.value) as V)
  }

  function rebase(newest: V): void {
    Object.assign(values, versionOf(newest))
    stale.value = false
  }

  function takeErrors(found: FieldErrors): void {
    Object.assign(errors, found)
  }

  async function submit(): Promise<R | undefined> {
    if (saving.value) return undefined
    clear()
    judged = JSON.stringify(values)
    takeErrors(options.check?.(values) ?? {})
    if (Object.keys(errors).length) return undefined
    saving.value = true
    if (!key || keyOf !== judged) key = newKey()
    keyOf = judged
    try {
      const result = await options.save(values, key)
      key = ''
      clean.value = keyOf
      const where = place()
      if (where) localStorage.removeItem(where)
      restored.value = false
      if (options.done) tellDone(options.done)
      return result
    } catch (error) {
      if (!(error instanceof ApiProblem && error.transient)) key = ''
      refused(error)
      return undefined
    } finally {
      saving.value = false
    }
  }

  function refused(error: unknown): void {
    const fields = error instanceof ApiProblem ? fieldErrors(error) : {}
    takeErrors(fields)
    stale.value = error instanceof ApiProblem && error.stale
    problem.value = stale.value ? '' : messageOf(error)
  }

  watch(
    values,
    () => {
      const before = JSON.parse(judged) as unknown
      for (const name of Object.keys(errors)) if (!same(at(values, name), at(before, name))) delete errors[name]
      const where = place()
      if (where && dirty.value) localStorage.setItem(where, JSON.stringify(values))
    },
    { deep: true },
  )

  const form = { values, errors, problem, stale, dirty, saving, restored, submit, load, rebase, discard }
  return reactive(form) as unknown as Form<V, R>
}

/** JSON pointers of a problem → dotted fields: "/contacts/0/phone" → "contacts.0.phone". */
export function fieldErrors(problem: ApiProblem): FieldErrors {
  const named = problem.errors.filter((error) => error.pointer.length > 1)
  return Object.fromEntries(named.map((error) => [error.pointer.slice(1).replaceAll('/', '.'), error.detail]))
}

/** What stands at a dotted field. */
export function at(values: unknown, field: string): unknown {
  return field.split('.').reduce<unknown>((found, step) => (found as Record<string, unknown> | undefined)?.[step], values)
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function versionOf(values: object): object {
  return 'version' in values ? { version: values.version } : {}
}

function readDraft<V>(place: string | null): V | null {
  if (!place) return null
  try {
    return JSON.parse(localStorage.getItem(place) ?? 'null') as V | null
  } catch {
    return null
  }
}
