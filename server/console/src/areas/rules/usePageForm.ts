import { messageOf } from '@shared/problem'
import { onMounted, ref, type Ref } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { confirmed, tellProblem } from '@/patterns/tell'
import { useForm, type Form } from '@/patterns/useForm'
import { useShortcuts } from '@/patterns/useShortcuts'

export interface PageFormOptions<V extends object, R> {
  /** What is kept under this name on the computer until it is saved. */
  draft: string
  /** The group under which the key to save stands in the list of keys. */
  group: string
  done: string
  initial: () => V
  read: () => Promise<R>
  /** What of an answer is edited; with the answer's version. */
  values: (found: R) => V
  save: (values: V, idempotencyKey: string) => Promise<R>
  /** Shows what else an answer tells. */
  take: (found: R) => void
}

export interface PageForm<V extends object, R> {
  form: Form<V, R>
  loading: Ref<boolean>
  failed: Ref<string>
  load: () => Promise<void>
  save: () => Promise<void>
  /** Somebody else has saved meanwhile: whose shall it be? */
  resolve: (which: 'theirs' | 'mine') => Promise<void>
}

/** A page that is one form: read when it opens, saved whole, and not left with changes unasked. */
export function usePageForm<V extends object, R>(options: PageFormOptions<V, R>): PageForm<V, R> {
  const form = useForm<V, R>({ initial: options.initial, save: options.save, draft: () => options.draft, done: options.done })
  const loading = ref(true)
  const failed = ref('')

  function show(found: R): void {
    options.take(found)
    form.load(options.values(found))
  }

  async function load(): Promise<void> {
    loading.value = true
    failed.value = ''
    try {
      show(await options.read())
    } catch (error) {
      failed.value = messageOf(error)
    } finally {
      loading.value = false
    }
  }

  async function save(): Promise<void> {
    const saved = await form.submit()
    if (saved) show(saved)
  }

  async function resolve(which: 'theirs' | 'mine'): Promise<void> {
    try {
      const found = await options.read()
      options.take(found)
      if (which === 'mine') return form.rebase(options.values(found))
      form.discard()
      form.load(options.values(found))
    } catch (error) {
      tellProblem(messageOf(error))
    }
  }

  onMounted(load)
  const mayGo = () => !form.dirty || confirmed('修改还没有保存，留在这台电脑上，下次打开还在。要离开吗？', { confirmText: '离开' })
  onBeforeRouteLeave(mayGo)
  onBeforeRouteUpdate(mayGo)
  useShortcuts([{ keys: 'mod+s', label: '保存', group: options.group, inFields: true, run: (event) => { event.preventDefault(); void save() } }])
  return { form, loading, failed, load, save, resolve }
}
