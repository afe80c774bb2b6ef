import { ref, watch } from 'vue'
import { forget, load, save } from '@/platform/storage'
import { ownKey } from '@/state/session'

/**
 * A form that stays on the device until it is saved: a call in between, or a dead spot, loses nothing. `open` brings
 * back what was typed the last time; what must not lie on a device (a password) is left out by `without`.
 */
export function useDraft<T extends object>(name: string, form: T, without: (keyof T)[] = []) {
  const restored = ref(false)
  const fresh = JSON.stringify(form)
  let key = ''
  let stop = (): void => undefined

  function open(): void {
    key = `${ownKey('draft')}:${name}`
    const kept = load<Partial<T>>(key)
    if (kept) Object.assign(form, kept)
    restored.value = kept !== undefined
    stop = watch(form, keep, { deep: true })
  }

  function keep(): void {
    const text = JSON.stringify({ ...form, ...Object.fromEntries(without.map((field) => [field, undefined])) })
    save(key, JSON.parse(text))
  }

  /** It is saved, or not wanted any more. */
  function close(): void {
    stop()
    if (key) forget(key)
  }

  /** Begins again with an empty form. */
  function clear(): void {
    close()
    Object.assign(form, JSON.parse(fresh))
    restored.value = false
    stop = watch(form, keep, { deep: true })
  }

  return { restored, open, close, clear }
}
