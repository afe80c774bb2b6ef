import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, noAnswer } from '@shared/problem'
import { useAction } from '@/patterns/useAction'

const told = vi.hoisted(() => ({ done: [] as string[], problems: [] as string[] }))
vi.mock('@/patterns/tell', () => ({
  tellDone: (sentence: string) => told.done.push(sentence),
  tellProblem: (sentence: string) => told.problems.push(sentence),
}))

beforeEach(() => {
  told.done = []
  told.problems = []
})

describe('an action', () => {
  it('runs once when it is pressed twice', async () => {
    let finish = (): void => undefined
    const write = vi.fn(() => new Promise<string>((resolve) => (finish = () => resolve('done'))))
    const action = useAction(write, { done: '已通过' })
    const first = action.run()
    const second = action.run()
    expect(action.running).toBe(true)
    finish()
    expect([await first, await second]).toEqual(['done', undefined])
    expect(write).toHaveBeenCalledTimes(1)
    expect(told.done).toEqual(['已通过'])
  })

  it('keeps its key after a lost answer, so that the second press does not do it twice', async () => {
    const keys: string[] = []
    const action = useAction(async (key: string) => {
      keys.push(key)
      if (keys.length === 1) throw noAnswer()
    })
    await action.run()
    await action.run()
    await action.run()
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[1])
  })

  it('takes another key for another request, and after a refusal', async () => {
    const keys: string[] = []
    const action = useAction(async (key: string, id: number) => {
      keys.push(key)
      if (id === 1) throw noAnswer()
      if (id === 2) throw new ApiProblem(409, 'wrong_state', '订单已被驳回')
    })
    await action.run(1)
    await action.run(2)
    await action.run(2)
    expect(new Set(keys).size).toBe(3)
    expect(told.problems).toEqual(['网络不通，请检查网络后重试', '订单已被驳回', '订单已被驳回'])
  })

  it('names the request when the server itself failed, so that help can find it', async () => {
    const action = useAction(async () => {
      throw new ApiProblem(500, 'internal', '服务器出了点问题', [], { request_id: 'abc123' })
    })
    await action.run()
    expect(told.problems).toEqual(['服务器出了点问题（编号 abc123）'])
  })
})
