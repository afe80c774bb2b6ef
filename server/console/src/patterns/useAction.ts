import { reactive, ref } from 'vue'
import { ApiProblem, messageOf } from '@shared/problem'
import { newKey } from '@shared/keys'
import { tellDone, tellProblem } from './tell'

export interface ActionOptions<T> {
  /** What to say when it is done. */
  done?: string | ((result: T) => string)
  /** Handles a refusal itself and answers true; otherwise its sentence is shown. */
  failed?: (problem: ApiProblem) => boolean
}

export interface Action<A extends unknown[], T> {
  /** True while it runs: disable the button. */
  running: boolean
  /** Does it; undefined when it was refused, or runs already. */
  run: (...given: A) => Promise<T | undefined>
}

/**
 * A write: never twice at once, its result told. The idempotency key stays the same until an answer came, so that a
 * second press after a lost answer does not do it twice; other arguments are another request with a key of its own.
 *
 *     const approve = useAction((key, id: number) => answer(api.POST('/api/v1/orders/{order_id}/approve', {
 *       params: { path: { order_id: id } }, body: {}, headers: once(key),
 *     })), { done: '已通过' })
 */
export function useAction<A extends unknown[], T>(
  write: (idempotencyKey: string, ...given: A) => Promise<T>,
  options: ActionOptions<T> = {},
): Action<A, T> {
  const running = ref(false)
  let key = ''
  let keyOf = ''

  async function run(...given: A): Promise<T | undefined> {
    if (running.value) return undefined
    running.value = true
    const content = JSON.stringify(given)
    if (!key || keyOf !== content) key = newKey()
    keyOf = content
    try {
      const result = await write(key, ...given)
      key = ''
      if (options.done) tellDone(typeof options.done === 'string' ? options.done : options.done(result))
      return result
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : null
      if (!problem?.transient) key = ''
      if (!(problem && options.failed?.(problem))) tellProblem(messageOf(error))
      return undefined
    } finally {
      running.value = false
    }
  }

  return reactive({ running, run }) as Action<A, T>
}
