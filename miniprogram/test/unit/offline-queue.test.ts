import { describe, expect, it } from 'vitest'
import { ApiProblem, noAnswer } from '@shared/problem'
import { emptyDraft, toOrder, withAdded } from '@/domain/cart'
import { OfflineQueue, passable, type WaitingOrder } from '@/domain/offline-queue'
import { aDrink, box } from './support/goods'

const soda = aDrink()
const draft = withAdded(emptyDraft(7), soda, box(soda), 2)

function order(key: string): Omit<WaitingOrder, 'state' | 'problem'> {
  return { key, body: toOrder(draft, null), lines: draft.lines, supplier_name: '华东经销商', total_fen: 14_400, created_at: '2026-11-24T06:00:00Z' }
}

/** A device whose storage outlives the app, and a network that answers as the test says. */
function aDevice() {
  let stored = '[]'
  const sent: string[] = []
  const answers: (() => Promise<string>)[] = []
  const shown: WaitingOrder[][] = []
  const open = () =>
    new OfflineQueue<string>(
      { read: () => JSON.parse(stored) as WaitingOrder[], write: (items) => (stored = JSON.stringify(items)) },
      (item) => {
        sent.push(item.key)
        const answer = answers.shift()
        return answer ? answer() : Promise.resolve(`order of ${item.key}`)
      },
      (items) => shown.push(items),
    )
  return { sent, answers, shown, open }
}

const states = (queue: OfflineQueue<string>) => queue.items.map((item) => [item.key, item.state])

describe('an order made offline', () => {
  it('is sent once when the network is back, and gone from the list then', async () => {
    const device = aDevice()
    const queue = device.open()
    queue.add(order('a'))
    await queue.flush()
    await queue.flush()
    expect(device.sent).toEqual(['a'])
    expect(queue.items).toEqual([])
    expect(queue.takeResult('a')).toBe('order of a')
    expect(queue.takeResult('a')).toBeUndefined()
  })

  it('keeps its key over every try, so that a lost answer does not make two orders', async () => {
    const device = aDevice()
    device.answers.push(() => Promise.reject(noAnswer()), () => Promise.reject(new ApiProblem(503, 'http_503', '')))
    const queue = device.open()
    queue.add(order('a'))
    await queue.flush()
    expect(states(queue)).toEqual([['a', 'waiting']])
    await queue.flush()
    await queue.flush()
    expect(device.sent).toEqual(['a', 'a', 'a'])
    expect(queue.items).toEqual([])
  })

  it('is sent once although submit, the timer and the network all ask at the same moment', async () => {
    const device = aDevice()
    const queue = device.open()
    queue.add(order('a'))
    await Promise.all([queue.flush(), queue.flush(), queue.flush()])
    expect(device.sent).toEqual(['a'])
  })

  it('is not added again by a second tap', () => {
    const queue = aDevice().open()
    queue.add(order('a'))
    queue.add(order('a'))
    expect(states(queue)).toEqual([['a', 'waiting']])
  })

  it('survives the app being closed in the middle of sending, and goes out with the same key', async () => {
    const device = aDevice()
    device.answers.push(() => new Promise(() => undefined))
    const before = device.open()
    before.add(order('a'))
    void before.flush()
    expect(states(before)).toEqual([['a', 'sending']])

    const after = device.open()
    expect(states(after)).toEqual([['a', 'waiting']])
    await after.flush()
    expect(device.sent).toEqual(['a', 'a'])
    expect(after.items).toEqual([])
  })

  it('goes out in the order in which it was made', async () => {
    const device = aDevice()
    const queue = device.open()
    for (const key of ['a', 'b', 'c']) queue.add(order(key))
    await queue.flush()
    expect(device.sent).toEqual(['a', 'b', 'c'])
  })

  it('waits with all behind it while the network is away, instead of hammering the server', async () => {
    const device = aDevice()
    device.answers.push(() => Promise.reject(noAnswer()))
    const queue = device.open()
    queue.add(order('a'))
    queue.add(order('b'))
    await queue.flush()
    expect(device.sent).toEqual(['a'])
    expect(states(queue)).toEqual([['a', 'waiting'], ['b', 'waiting']])
  })

  it('waits for a new login when the session has ended, and is not lost', async () => {
    const device = aDevice()
    device.answers.push(() => Promise.reject(new ApiProblem(401, 'signed_out', '登录已失效')))
    const queue = device.open()
    queue.add(order('a'))
    await queue.flush()
    expect(states(queue)).toEqual([['a', 'waiting']])
  })

  it('that the server refuses keeps its goods and the reason, is not sent again, and holds nobody up', async () => {
    const device = aDevice()
    device.answers.push(() => Promise.reject(new ApiProblem(409, 'price_changed', '有 1 种商品的价格有变化', [], { lines: [{ line_no: 1, price_fen: 280 }] })))
    const queue = device.open()
    queue.add(order('a'))
    queue.add(order('b'))
    await queue.flush()
    await queue.flush()
    expect(device.sent).toEqual(['a', 'b'])
    const [refused] = queue.items
    expect(refused).toMatchObject({ key: 'a', state: 'refused', problem: { code: 'price_changed', detail: '有 1 种商品的价格有变化', members: { lines: [{ line_no: 1, price_fen: 280 }] } } })
    // What can be put back into the cart: 2 cases.
    expect(refused!.lines.map((line) => [line.product.id, line.packaging_qty])).toEqual([[soda.id, 2]])
    queue.drop('a')
    expect(queue.items).toEqual([])
  })

  it('is shown at every step, so that nobody submits it a second time', async () => {
    const device = aDevice()
    const queue = device.open()
    queue.add(order('a'))
    await queue.flush()
    expect(device.shown.map((items) => items.map((item) => item.state))).toEqual([[], ['waiting'], ['sending'], []])
  })

  it('that the own rules warn of goes out all the same by one tap, and once by two', async () => {
    const device = aDevice()
    const warning = new ApiProblem(422, 'order_rules', '未满起订金额', [], { may_override: true })
    device.answers.push(() => Promise.reject(warning))
    const queue = device.open()
    queue.add({ ...order('a'), buyer: { id: 9, name: '好又多' } })
    await queue.flush()
    expect(queue.items.map(passable)).toEqual([true])
    queue.pass('a', 'b')
    queue.pass('a', 'c')
    expect(queue.items.map((item) => [item.key, item.state, item.body.override_rules, item.problem])).toEqual([['b', 'waiting', true, null]])
    await queue.flush()
    expect(device.sent).toEqual(['a', 'b'])
    expect(queue.items).toEqual([])
  })

  it('that is refused for what nobody can pass is not sent again by that tap', async () => {
    const device = aDevice()
    for (const problem of [new ApiProblem(422, 'order_rules', '未满起订金额', [], { may_override: false }), new ApiProblem(409, 'price_changed', '价格有变化')])
      device.answers.push(() => Promise.reject(problem))
    const queue = device.open()
    queue.add(order('a'))
    queue.add(order('b'))
    await queue.flush()
    expect(queue.items.map(passable)).toEqual([false, false])
    queue.pass('a', 'c')
    queue.pass('b', 'd')
    expect(states(queue)).toEqual([['a', 'refused'], ['b', 'refused']])
  })
})
