import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me } from '@/api/types'
import { emptyDraft, toOrder, withAdded } from '@/domain/cart'
import { aDrink, box } from './support/goods'
import { aPhone, settled } from './support/uni'

let phone: ReturnType<typeof aPhone>
beforeEach(() => {
  phone = aPhone()
  // A fresh app: its modules keep what is on the screen.
  vi.resetModules()
})
afterEach(() => vi.unstubAllGlobals())

const me = (accountId: number): Me =>
  ({ account_id: accountId, name: '王芳', permissions: ['order.create'], org: { id: 9, kind: 'store', name: '门店' }, supplier: { id: 7, name: '华东经销商' }, unread_notices: 0 }) as unknown as Me

/** Logs in on this phone, as the app does it. */
async function logIn(accountId: number, token = `token of ${accountId}`) {
  const [session, cart, queue] = await Promise.all([import('@/state/session'), import('@/state/cart'), import('@/state/queue')])
  const done = session.logIn('13800000000', 'x')
  phone.answer(200, { token, me: me(accountId) })
  await done
  cart.openCart()
  queue.openQueue()
  return { session, cart: cart.useCart(), queue }
}

const soda = aDrink()

describe('a shared phone', () => {
  it('gives each account its own cart back', async () => {
    const first = await logIn(1)
    first.cart.add(soda, box(soda), 3)
    const second = await logIn(2)
    expect(second.cart.draft.value.lines).toEqual([])
    const again = await logIn(1)
    expect(again.cart.packagingQty(soda.id, box(soda))).toBe(3)
  })

  it('does not send the order of one account with the session of another', async () => {
    const { queue, session } = await logIn(1)
    const draft = withAdded(emptyDraft(7), soda, box(soda))
    const order = { key: 'k1', body: toOrder(draft, null), lines: draft.lines, supplier_name: '', total_fen: 7_200, created_at: '' }
    const outcome = queue.submitOrder(order)
    phone.lose()
    await settled()
    phone.lose()
    expect(await outcome).toEqual({ kind: 'waiting' })
    const before = phone.requests.length
    const signedIn = session.logIn('13900000000', 'x')
    phone.answer(200, { token: 'other', me: me(2) })
    await signedIn
    queue.flushQueue()
    await settled()
    expect(phone.requests.slice(before + 1).filter((request) => request.url.endsWith('/orders'))).toEqual([])
  })
})

describe('the draft', () => {
  it('is still there when the app was closed without a word', async () => {
    const { cart } = await logIn(1)
    cart.add(soda, box(soda), 2)
    vi.resetModules()
    const session = await import('@/state/session')
    const after = await import('@/state/cart')
    expect(session.restoreSession()).toBe(true)
    after.openCart()
    expect(after.useCart().packagingQty(soda.id, box(soda))).toBe(2)
  })

  it('says so when the phone is full and cannot keep it', async () => {
    const { cart } = await logIn(1)
    phone.fillUp()
    cart.add(soda, box(soda))
    expect(phone.toasts).toHaveLength(1)
    expect(cart.packagingQty(soda.id, box(soda))).toBe(1)
  })
})

describe('a session that was ended elsewhere', () => {
  it('leads to the login and is forgotten on this phone', async () => {
    const { session } = await logIn(1)
    const asked = session.refreshMe().catch(() => undefined)
    phone.answer(401, { code: 'signed_out', detail: '登录已失效' })
    await asked
    expect(session.currentToken()).toBe('')
    expect(session.restoreSession()).toBe(false)
    expect(phone.went).toEqual(['/pages/login/login'])
  })

  it('does not end the next one by its late answer', async () => {
    const { session } = await logIn(1)
    const late = session.refreshMe().catch(() => undefined)
    const second = session.logIn('13800000000', 'x')
    const [, old, login] = phone.requests as unknown as { success: (answer: object) => void }[]
    login!.success({ statusCode: 200, data: { token: 'fresh', me: me(1) }, header: {} })
    await second
    old!.success({ statusCode: 401, data: {}, header: {} })
    await late
    expect(session.currentToken()).toBe('fresh')
    expect(phone.went).toEqual([])
  })
})

describe('a notice that arrives', () => {
  it('is counted on the tab at once, and does not wipe the number away', async () => {
    const { session } = await logIn(1)
    const said: ((event: { data: string }) => void)[] = []
    class Source {
      static readonly CLOSED = 2
      addEventListener = (name: string, listener: (event: { data: string }) => void) => void (name === 'notice' && said.push(listener))
      close = () => undefined
    }
    vi.stubGlobal('EventSource', Source)
    const live = await import('@/state/live')
    live.startLive()
    phone.answer(201, { ticket: 'once', seconds: 30 })
    await settled()
    said[0]!({ data: '{}' })
    phone.answer(200, { ...me(1), unread_notices: 3 })
    await settled()
    expect(session.currentMe()?.unread_notices).toBe(3)
    live.stopLive()
  })
})
