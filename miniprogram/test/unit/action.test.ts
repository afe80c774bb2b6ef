import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, noAnswer } from '@shared/problem'
import { useAction } from '@/composables/useAction'
import { aPhone } from './support/uni'

let phone: ReturnType<typeof aPhone>
beforeEach(() => {
  phone = aPhone()
})
afterEach(() => vi.unstubAllGlobals())

/** A button whose writes are answered by `answers` in turn; keeps the keys it was pressed with. */
function aButton(...answers: (() => Promise<string>)[]) {
  const action = useAction()
  const keys: string[] = []
  const press = (sameAs = '', failed?: (problem: ApiProblem) => boolean) =>
    action.run(
      (key) => {
        keys.push(key)
        return answers.shift()!()
      },
      { sameAs, failed },
    )
  return { keys, press, busy: action.busy }
}

const done = () => Promise.resolve('done')
const lost = () => Promise.reject(noAnswer())
const refused = () => Promise.reject(new ApiProblem(409, 'order_state', '王芳已于 14:05 通过'))

describe('a button that writes', () => {
  it('pressed twice quickly acts once', async () => {
    const button = aButton(done)
    const [first, second] = await Promise.all([button.press(), button.press()])
    expect([first, second]).toEqual(['done', undefined])
    expect(button.keys).toHaveLength(1)
    expect(button.busy.value).toBe(false)
  })

  it('pressed again after a lost answer repeats the same request, and is not done twice', async () => {
    const button = aButton(lost, lost, done)
    await button.press('approve')
    await button.press('approve')
    expect(await button.press('approve')).toBe('done')
    expect(new Set(button.keys).size).toBe(1)
  })

  it('with other content after a lost answer is another request, not the answer to the first', async () => {
    const button = aButton(lost, done)
    await button.press('reject 库存不足')
    await button.press('reject 重复下单')
    expect(button.keys[1]).not.toBe(button.keys[0])
  })

  it('after an answer, good or bad, begins something new', async () => {
    const button = aButton(done, refused, done)
    await button.press()
    await button.press()
    await button.press()
    expect(new Set(button.keys).size).toBe(3)
  })

  it('tells what went wrong: a short sentence passes by, a long one waits to be read', async () => {
    const long = '有 2 种商品的价格有变化，请确认新价格后再提交'
    const button = aButton(refused, () => Promise.reject(new ApiProblem(409, 'price_changed', long)))
    await button.press()
    await button.press()
    expect(phone.toasts).toEqual(['王芳已于 14:05 通过'])
    expect(phone.dialogs).toEqual([long])
  })

  it('says nothing more where the page has answered the refusal itself', async () => {
    const seen: string[] = []
    await aButton(refused).press('', (problem) => seen.push(problem.code) > 0)
    expect(seen).toEqual(['order_state'])
    expect([...phone.toasts, ...phone.dialogs]).toEqual([])
  })
})
