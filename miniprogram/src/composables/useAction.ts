import { ref } from 'vue'
import { ApiProblem, messageOf } from '@shared/problem'
import { newKey } from '@shared/keys'
import { t } from '@/texts'

/**
 * A write: never twice at once, its result told. The idempotency key stays the same until an answer came, so that a
 * second tap after a lost answer does not do it twice.
 */
export function useAction() {
  const busy = ref(false)
  let key = ''
  let keyOf = ''

  async function run<T>(
    write: (idempotencyKey: string) => Promise<T>,
    options: { done?: string; failed?: (problem: ApiProblem) => boolean; sameAs?: string } = {},
  ): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    // Another content is another request: it must not be answered with the result of the first.
    const content = options.sameAs ?? ''
    if (!key || keyOf !== content) key = newKey()
    keyOf = content
    try {
      const result = await write(key)
      key = ''
      if (options.done) uni.showToast({ title: options.done, icon: 'success' })
      return result
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : null
      if (!problem?.transient) key = ''
      if (!(problem && options.failed?.(problem))) tell(messageOf(error))
      return undefined
    } finally {
      busy.value = false
    }
  }

  return { busy, run }
}

/** A sentence that is too long for a toast gets a dialog. */
export function tell(sentence: string): void {
  if (sentence.length <= 18) uni.showToast({ title: sentence, icon: 'none', duration: 2500 })
  else uni.showModal({ content: sentence, showCancel: false, confirmText: t.common.gotIt })
}

/** Asks before something that cannot be taken back. */
export function confirmed(content: string, options: { confirmText?: string; danger?: boolean; title?: string } = {}): Promise<boolean> {
  return new Promise((resolve) => {
    uni.showModal({
      title: options.title ?? '',
      content,
      cancelText: t.common.cancel,
      confirmText: options.confirmText ?? t.common.confirm,
      confirmColor: options.danger ? '#c0392b' : '#0e5c50',
      success: ({ confirm }) => resolve(confirm),
      fail: () => resolve(false),
    })
  })
}
