import { describe, expect, it } from 'vitest'
import type { ScanLine, ScanOut, ScanSessionDetail } from '@/api/types'
import * as books from '@/domain/scan-book'
import type { Goods, KeptScan, ScanBook } from '@/domain/scan-book'

const CASE: Goods = { product_id: 1, name: '苏打水', color: '', image_url: null, base_unit: '瓶', packaging_id: 12, packaging: '箱', unit_qty: 24, packagings: [] }

let ids = 0
function aScan(more: Partial<KeptScan> = {}): KeptScan {
  ids += 1
  const scan = { id: `scan-${ids}`, code: '16901234567899', at: '2026-11-25T08:00:00Z' }
  return { scan, count: 1, goods: CASE, lot_code: '', expires_on: null, undone: false, sent: false, problem: '', told: 0, ...more }
}

function aBook(...scans: KeptScan[]): ScanBook {
  return scans.reduce(books.withScan, books.emptyBook('book', { kind: 'in', reason: 'purchase' }, '外购入库', '2026-11-25T08:00:00Z'))
}

function taken(kept: KeptScan): ScanOut {
  const { product_id, packaging_id, unit_qty } = CASE
  return {
    id: kept.scan.id, state: kept.undone ? 'undone' : 'counted', code: kept.scan.code, problem: '', product_id, product_name: CASE.name, packaging_id, packaging_name: CASE.packaging,
    unit_qty, count: kept.count, qty: kept.count * 24, base_unit: '瓶', lot_code: '', expires_on: null, serial: '', at: kept.scan.at, account_name: '赵强',
  }
}

function detail(count: number, more: Partial<ScanLine> = {}): ScanSessionDetail {
  const line: ScanLine = {
    product_id: 1, product_name: '苏打水', product_code: 'P1', color: '', base_unit: '瓶', shelf_life_days: 365, packaging_id: 12, packaging_name: '箱', unit_qty: 24, count, qty: count * 24,
    lot_code: '', produced_on: null, expires_on: null, serials: 0, needs_lot: false, packagings: [], ...more,
  }
  return {
    id: 5, number: 'RK1', org: { id: 1, name: '转角便利店' }, kind: 'in', state: 'open', warehouse: { id: 1, name: '主仓' }, reason: 'purchase', reason_name: '外购入库', note: '', opened_by: '赵强', opened_at: '2026-11-25T08:00:00Z',
    ended_by: '', ended_at: null, keeps_lots: true, scans: count, qty: count * 24, lines: count > 0 ? [line] : [], unknown: [],
  }
}

/** Sends all and reads the totals, of which `others` were scanned on other phones. */
function synced(book: ScanBook, others = 0): ScanBook {
  const batch = books.unsent(book, 100)
  const sent = books.withTaken(book, batch, batch.map(taken))
  const own = sent.scans.reduce((sum, kept) => sum + (kept.undone ? 0 : kept.count), 0)
  return books.withDetail(sent, detail(own + others), books.known(sent))
}

const counts = (book: ScanBook) => books.linesOf(book).map((line) => line.count)

describe('what was scanned on a phone', () => {
  it('is counted at once, before the server knows of it, and not twice when it does', () => {
    const book = aBook(aScan(), aScan())
    expect(counts(book)).toEqual([2])
    expect(counts(synced(book))).toEqual([2])
    expect(books.isSettled(synced(book))).toBe(true)
  })

  it('adds up with what other phones scanned', () => {
    expect(counts(books.withScan(synced(aBook(aScan()), 3), aScan()))).toEqual([5])
  })

  it('is counted between the answer to the scans and the next totals', () => {
    const book = aBook(aScan(), aScan())
    const half = books.withTaken(book, book.scans, book.scans.map(taken))
    expect(counts(half)).toEqual([2])
  })

  it('undone does not count, whether the server has it already or not', () => {
    const [first, second] = [aScan(), aScan()]
    expect(counts(books.withUndone(aBook(first, second), [second.scan.id]))).toEqual([1])
    const after = books.withUndone(synced(aBook(first, second)), [second.scan.id])
    expect(counts(after)).toEqual([1])
    expect(books.unsent(after, 10).map(books.asSent)).toEqual([{ ...second.scan, undone: true }])
    expect(counts(synced(after))).toEqual([1])
  })

  it('undone while it is being sent is sent again, as undone', () => {
    const scan = aScan()
    const book = aBook(scan)
    const batch = books.unsent(book, 10)
    const undone = books.withUndone(book, [scan.scan.id])
    const after = books.withTaken(undone, batch, batch.map(taken))
    expect(books.unsent(after, 10).map((kept) => kept.undone)).toEqual([true])
  })

  it('totals that were asked for before an undo do not bring it back', () => {
    const scan = aScan()
    const sent = synced(aBook(scan))
    const before = books.known(sent)
    const late = books.withDetail(books.withUndone(sent, [scan.scan.id]), detail(1), before)
    expect(counts(late)).toEqual([])
    expect(counts(synced(late))).toEqual([])
  })

  it('of another lot is another line', () => {
    expect(counts(aBook(aScan(), aScan({ lot_code: 'L2' }), aScan({ lot_code: 'L2' })))).toEqual([2, 1])
  })

  it('takes the lot that was said of it once, and asks no more', () => {
    const waiting = books.withDetail(synced(aBook(aScan())), detail(1, { needs_lot: true }), new Map())
    expect(books.linesOf(waiting).map((line) => line.needs_lot)).toEqual([true])
    const said = books.withLot(waiting, 1, { lot_code: '', expires_on: '2027-05-31' }, 'key')
    expect(books.linesOf(said)).toMatchObject([{ count: 1, expires_on: '2027-05-31', needs_lot: false }])
    expect(said.answers).toEqual([{ key: 'key', verb: 'lots', body: { product_id: 1, lot_code: '', expires_on: '2027-05-31' } }])
    expect(books.isSettled(said)).toBe(false)
  })

  it('and known to nobody is collected by its code until somebody says what it is, or lets it go', () => {
    const book = aBook(aScan({ goods: null }), aScan({ goods: null }))
    expect(books.unknownOf(book)).toMatchObject([{ code: '16901234567899', count: 2 }])
    const dropped: ScanBook = { ...book, answers: [{ key: 'k', verb: 'drop', body: { code: '16901234567899' } }] }
    expect(books.unknownOf(dropped)).toEqual([])
  })

  it('stays on the phone while it is not sent, however much there is', () => {
    const many = aBook(...Array.from({ length: 900 }, () => aScan()))
    expect(books.withDetail(many, detail(0), new Map()).scans).toHaveLength(900)
    const settled = synced(books.withTaken(many, many.scans, many.scans.map(taken)))
    expect(settled.scans.length).toBeLessThanOrEqual(400)
    expect(counts(settled)).toEqual([900])
  })

  it('has each serial once', () => {
    const scan = aScan()
    const book = aBook({ ...scan, scan: { ...scan.scan, code: '0116901234567899\x1d21S1', serial: 'S1' } })
    expect(books.hasSerial(book, '16901234567899', 'S1')).toBe(true)
    expect(books.hasSerial(book, '16901234567899', 'S2')).toBe(false)
    expect(books.hasSerial(books.withUndone(book, [scan.scan.id]), '16901234567899', 'S1')).toBe(false)
  })

  it('counts all that is on this phone only: scans, what was said of a lot, and the wish to finish', () => {
    const sent = aScan({ sent: true })
    const book = books.withLot(aBook(sent, aScan(), aScan()), 1, { lot_code: 'A1', expires_on: null }, 'key')
    expect(books.leftCount(book)).toBe(3)
    expect(books.leftCount({ ...book, finishing: 'key' })).toBe(4)
    expect(books.leftCount(aBook(sent))).toBe(0)
  })
})
