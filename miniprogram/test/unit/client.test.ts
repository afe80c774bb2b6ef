import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { address, api, configureClient } from '@/api/client'
import { ApiProblem, problemOf, WORDS } from '@shared/problem'
import { aPhone } from './support/uni'

let phone: ReturnType<typeof aPhone>
let ended: string[]
let reached: boolean[]

beforeEach(() => {
  phone = aPhone()
  ended = []
  reached = []
  configureClient({ token: () => 'secret', signedOut: (token) => ended.push(token), reached: (one) => reached.push(one) })
})
afterEach(() => vi.unstubAllGlobals())

async function problem(work: Promise<unknown>): Promise<ApiProblem> {
  const found = await work.then(() => null, (error: unknown) => error)
  expect(found).toBeInstanceOf(ApiProblem)
  return found as ApiProblem
}

const submit = (idempotencyKey?: string) =>
  api.post('/api/v1/orders', { body: { delivery_method: 'deliver', lines: [] }, idempotencyKey })

describe('a request', () => {
  it('carries the session, and its parameters cannot break out of the address', async () => {
    const asked = api.get('/api/v1/catalog/scan/{code}', { path: { code: '../69?x=1' } })
    phone.answer(200, { code: 'ok' })
    await expect(asked).resolves.toEqual({ code: 'ok' })
    const [request] = phone.requests
    expect(request!.url.endsWith('/api/v1/catalog/scan/..%2F69%3Fx%3D1')).toBe(true)
    expect(request!.header).toEqual({ Authorization: 'Bearer secret' })
  })

  it('leaves out filters that are not set, but not a zero', () => {
    const url = address('/api/v1/orders', {}, { q: '苏打', state: undefined, cursor: null, note: '', limit: 0 })
    expect(url.split('?')[1]).toBe(`q=${encodeURIComponent('苏打')}&limit=0`)
  })

  it('that writes has an idempotency key of its own, or the one it is given', async () => {
    const first = submit()
    const second = submit()
    const third = submit('kept')
    phone.answer(201)
    phone.answer(201)
    phone.answer(201)
    await Promise.all([first, second, third])
    const keys = phone.requests.map((request) => request.header['Idempotency-Key'])
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
    expect(keys[1]).not.toBe(keys[0])
    expect(keys[2]).toBe('kept')
  })

  it('that reads has none', async () => {
    const asked = api.get('/api/v1/me')
    phone.answer(200)
    await asked
    expect(phone.requests[0]!.header).not.toHaveProperty('Idempotency-Key')
  })
})

describe('a refusal', () => {
  it('brings the sentence for the screen, the code, and the lines it is about', async () => {
    const asked = submit()
    phone.answer(422, {
      code: 'not_offered', detail: '有商品暂不供应，请从购物车移除', status: 422,
      errors: [{ pointer: '/lines/2', detail: '苏打水暂不供应' }, { pointer: '/lines/10/price_fen', detail: '价格' }, { pointer: '/note', detail: '太长' }],
    })
    const refused = await problem(asked)
    expect([refused.status, refused.code, refused.detail]).toEqual([422, 'not_offered', '有商品暂不供应，请从购物车移除'])
    expect([...refused.lineErrors()]).toEqual([[2, '苏打水暂不供应'], [10, '价格']])
    expect(refused.transient).toBe(false)
  })

  it('is read although the platform hands problem documents over as text', async () => {
    const asked = submit()
    phone.answer(409, '{"code":"price_changed","detail":"价格有变化","lines":[{"line_no":1,"price_fen":280}]}')
    const refused = await problem(asked)
    expect(refused.code).toBe('price_changed')
    expect(refused.members.lines).toEqual([{ line_no: 1, price_fen: 280 }])
  })

  it.each([
    [403, WORDS.forbidden],
    [404, WORDS.notFound],
    [413, WORDS.tooLarge],
    [429, WORDS.tooOften],
    [500, WORDS.server],
    [502, WORDS.server],
    [418, WORDS.unknown],
  ])('with status %d and a page of a proxy as its body still says a sentence', async (status, sentence) => {
    const asked = submit()
    phone.answer(status, '<html>Bad Gateway</html>')
    expect((await problem(asked)).detail).toBe(sentence)
  })

  it.each([[0, true], [429, true], [500, true], [503, true], [400, false], [401, false], [409, false], [422, false]])(
    'with status %d may be tried again later: %s',
    (status, again) => expect(problemOf(status, null).transient).toBe(again),
  )
})

describe('no answer', () => {
  it('is told from a refusal, since nobody knows what the server did', async () => {
    const asked = submit()
    phone.lose()
    const lost = await problem(asked)
    expect([lost.offline, lost.transient, lost.detail]).toEqual([true, true, WORDS.offline])
    expect(reached).toEqual([false])
  })

  it('also comes as status 0', async () => {
    const asked = submit()
    phone.answer(0)
    expect((await problem(asked)).offline).toBe(true)
  })

  it('or a gateway without its server is shown as being offline, any real answer as being online', async () => {
    for (const status of [502, 504, 409, 200]) {
      const asked = submit().catch(() => undefined)
      phone.answer(status)
      await asked
    }
    expect(reached).toEqual([false, false, true, true])
  })
})

describe('an ended session', () => {
  it('is reported with the token that was refused, so that a late answer does not end the next one', async () => {
    const asked = submit()
    phone.answer(401, { code: 'signed_out', detail: '登录已失效' })
    expect((await problem(asked)).status).toBe(401)
    expect(ended).toEqual(['secret'])
  })

  it.each([
    ['the own account was frozen', { code: 'account_frozen', detail: '账号已被停用' }, ['账号已被停用']],
    ['the own organisation was frozen', { code: 'org_frozen', detail: '门店已被冻结', own: true }, ['门店已被冻结']],
    ['the supplier was frozen', { code: 'org_frozen', detail: '供应商已被冻结' }, []],
  ])('is reported with the reason when the one to work for is gone: %s', async (_, refusal, said) => {
    const frozen: (string | undefined)[] = []
    configureClient({ token: () => 'secret', signedOut: (_token, why) => frozen.push(why), reached: () => undefined })
    const asked = submit()
    phone.answer(403, refusal)
    expect((await problem(asked)).status).toBe(403)
    expect(frozen).toEqual(said)
  })

  it('is not reported by a wrong password, when there is none', async () => {
    configureClient({ token: () => '', signedOut: (token) => ended.push(token), reached: () => undefined })
    const asked = api.post('/api/v1/auth/login', { body: { phone: '13800000000', password: 'x', client: '' } })
    phone.answer(401, { code: 'wrong_password', detail: '手机号或密码不对' })
    expect((await problem(asked)).detail).toBe('手机号或密码不对')
    expect(ended).toEqual([])
    expect(phone.requests[0]!.header).not.toHaveProperty('Authorization')
  })
})
