import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settled, aPhone } from './support/uni'

const ACCOUNT = { account_id: 7, name: '赵强', permissions: ['stock.scan'], org: { id: 9, kind: 'dealer' }, supplier: null }
const DETAIL = { id: 5, number: 'RK1', kind: 'in', state: 'open', warehouse: { id: 1, name: '主仓' }, reason: 'purchase', keeps_lots: false, scans: 0, qty: 0, lines: [], unknown: [] }

/** A phone on which somebody is signed in, with the modules as they are at the start of the app. */
async function signedIn(stored?: Map<string, string>) {
  vi.resetModules()
  const phone = aPhone()
  stored?.forEach((value, key) => phone.stored.set(key, value))
  phone.stored.set('qutong:session', JSON.stringify({ token: 'secret', me: ACCOUNT }))
  const { restoreSession } = await import('@/state/session')
  const scans = await import('@/state/scans')
  const books = await import('@/domain/scan-book')
  restoreSession()
  scans.openBooks()
  return { phone, scans, books }
}

const aScan = (id: string) => ({
  scan: { id, code: '6901234567892', at: '2026-11-25T08:00:00Z' }, count: 1, goods: null, lot_code: '', expires_on: null, undone: false, sent: false, problem: '', told: 0,
})
const taken = (id: string) => ({
  id, state: 'counted', code: '6901234567892', problem: '', product_id: 1, product_name: '苏打水', packaging_id: 11, packaging_name: '瓶', unit_qty: 1, count: 1, qty: 1, base_unit: '瓶', lot_code: '',
  expires_on: null, serial: '', at: '', account_name: '',
})
const begin = { kind: 'in', reason: 'purchase' } as const

async function answer(phone: ReturnType<typeof aPhone>, status: number, data: unknown): Promise<void> {
  phone.answer(status, data)
  await settled()
}

async function lose(phone: ReturnType<typeof aPhone>): Promise<void> {
  phone.lose()
  await settled()
}

describe('scans on their way', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('survive the closed app, and go out with the ids and the key that they had', async () => {
    const before = await signedIn()
    const { key } = before.scans.beginBook(begin, '外购入库')
    await lose(before.phone)
    before.scans.changeBook(key, (book) => before.books.withScan(book, aScan('a')))

    const { phone, scans } = await signedIn(before.phone.stored)
    expect(scans.useBooks().books.value).toHaveLength(1)
    expect(phone.requests[0]!.header['Idempotency-Key']).toBe(before.phone.requests[0]!.header['Idempotency-Key'])
    await answer(phone, 201, DETAIL)
    expect(JSON.parse(phone.requests[1]!.data!)).toEqual({ scans: [{ ...aScan('a').scan, undone: false }] })
    // The answer is lost: the same scan is sent again, and is the same for the server.
    await lose(phone)
    scans.flushBooks()
    expect(phone.requests[2]!.data).toBe(phone.requests[1]!.data)
    await answer(phone, 200, { items: [taken('a')] })
    await answer(phone, 200, DETAIL)
    expect(scans.bookOf(key)!.scans.every((kept) => kept.sent)).toBe(true)
  })

  it('are followed by the finish that was asked for offline, under one key however often it is tried', async () => {
    const { phone, scans, books } = await signedIn()
    const { key } = scans.beginBook(begin, '')
    await lose(phone)
    scans.changeBook(key, (book) => ({ ...books.withScan(book, aScan('a')), finishing: 'finish-key' }))
    void scans.syncBook(key)
    await answer(phone, 201, DETAIL)
    await answer(phone, 200, { items: [taken('a')] })
    await answer(phone, 200, DETAIL)
    await lose(phone)
    void scans.syncBook(key)
    await answer(phone, 200, { ...DETAIL, state: 'finished' })
    const finishes = phone.requests.filter((request) => request.url.endsWith('/finish'))
    expect(finishes.map((request) => request.header['Idempotency-Key'])).toEqual(['finish-key', 'finish-key'])
    expect(scans.bookOf(key)).toBeUndefined()
    expect([...phone.stored.keys()].filter((name) => name.includes(key))).toEqual([])
  })

  it('that come to a session which somebody else ended go into a new one, none lost', async () => {
    const { phone, scans, books } = await signedIn()
    const { key } = scans.beginBook(begin, '')
    await answer(phone, 201, DETAIL)
    scans.changeBook(key, (book) => books.withScan(books.withScan(book, aScan('a')), aScan('b')))
    void scans.syncBook(key)
    await answer(phone, 409, { code: 'scan_session_state', detail: '扫码任务 RK1 已完成，有 2 条扫码没有记入' })
    expect(scans.bookOf(key)!.refusal).toMatchObject({ code: 'scan_session_state' })
    // Nothing is sent in vain meanwhile.
    scans.flushBooks()
    await settled()
    expect(phone.requests).toHaveLength(2)

    const fresh = scans.moveBook(key)!
    await answer(phone, 201, { ...DETAIL, id: 6 })
    expect(phone.requests[phone.requests.length - 1]!.url).toContain('/scan-sessions/6/scans')
    expect(fresh.scans.map((kept) => kept.scan.id)).toEqual(['a', 'b'])
    expect(scans.bookOf(key)).toBeUndefined()
  })

  it('are forgotten on the phone when another one has finished their session, and had all of them', async () => {
    const { phone, scans, books } = await signedIn()
    const { key } = scans.beginBook(begin, '')
    await answer(phone, 201, DETAIL)
    scans.changeBook(key, (book) => books.withScan(book, aScan('a')))
    const asked = scans.refreshBook(key)
    await answer(phone, 200, { ...DETAIL, state: 'finished' })
    await asked
    expect(scans.bookOf(key)).toBeDefined()
    scans.changeBook(key, (book) => ({ ...book, scans: book.scans.map((kept) => ({ ...kept, sent: true })) }))
    const again = scans.refreshBook(key)
    await answer(phone, 200, { ...DETAIL, state: 'finished' })
    await again
    expect(scans.bookOf(key)).toBeUndefined()
  })

  it('of one account are not sent by another who signs in on the same phone', async () => {
    const { phone, scans } = await signedIn()
    scans.beginBook(begin, '')
    await lose(phone)
    scans.closeBooks()
    expect(scans.useBooks().books.value).toEqual([])
    scans.flushBooks()
    expect(phone.requests).toHaveLength(1)
  })
})
