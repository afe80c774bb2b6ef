import type { LotGiven, NewScanSession, ScanIn, ScanLine, ScanOut, ScanSessionDetail } from '@/api/types'

/*
 * What one phone has scanned into a session. It is written down before anything is sent and leaves when the server has
 * it: a scan has the id that the phone gave it, so that it may be sent as often as it takes. Pure rules; `state/scans.ts`
 * keeps the book and sends it.
 */

/** Goods as the phone knows them, by one of their codes: enough to show and to count without network. */
export interface Goods {
  product_id: number
  name: string
  color: string
  image_url: string | null
  base_unit: string
  packaging_id: number
  packaging: string
  unit_qty: number
  packagings: { id: number; name: string; unit_qty: number }[]
}

export interface KeptScan {
  scan: ScanIn
  /** How many, of the packaging. */
  count: number
  /** What the phone, or the server, takes it for; null while neither knows. */
  goods: Goods | null
  lot_code: string
  expires_on: string | null
  undone: boolean
  /** Whether the server has it as it is now. */
  sent: boolean
  /** Why the server could make nothing of it. */
  problem: string
  /** How many of it are in the totals that the server told last. */
  told: number
}

export type Answer =
  | { key: string; verb: 'lots'; body: LotGiven }
  | { key: string; verb: 'resolve'; body: { code: string; product_id: number; packaging_id: number } }
  | { key: string; verb: 'drop'; body: { code: string } }

export interface ScanBook {
  /** Names the book on this device, and is the Idempotency-Key of the session's beginning. */
  key: string
  opening: NewScanSession
  reason_name: string
  begun_at: string
  session_id: number | null
  /** The stocktake that is counted for; its session is begun by it. */
  stocktake_id?: number
  /** As the server told last; its lines hold what other phones scanned too. */
  detail: ScanSessionDetail | null
  scans: KeptScan[]
  /** What was said of lots and unknown codes and is not sent yet, in this order. */
  answers: Answer[]
  /** Lot and day that were said of a product here: asked for once, they go with its next scans too. */
  lots: Record<number, { lot_code: string; expires_on: string | null }>
  /** Asked to finish; the key makes it once. */
  finishing: string | null
  /** Why the last try was refused; the person decides what to do. */
  refusal: { code: string; detail: string; lines: RefusedLine[] } | null
}

export interface RefusedLine {
  product_id: number
  packaging_id: number
  lot_code: string
  expires_on: string | null
  detail: string
  /** Why, in a word: `stock_short`, `lot_missing` … */
  code?: string
}

/** Beside these, what the server has and nobody will undo any more is forgotten on the phone. */
const KEPT = 400

export function emptyBook(key: string, opening: NewScanSession, reasonName: string, at: string): ScanBook {
  return {
    key, opening, reason_name: reasonName, begun_at: at, session_id: null, detail: null, scans: [], answers: [], lots: {}, finishing: null, refusal: null,
  }
}

export function withScan(book: ScanBook, kept: KeptScan): ScanBook {
  return { ...book, scans: [...book.scans, kept], refusal: null }
}

/** The scan does not count; said again it stays so. */
export function withUndone(book: ScanBook, ids: readonly string[]): ScanBook {
  return { ...change(book, ids, (kept) => ({ ...kept, undone: true, sent: kept.sent && kept.undone })), refusal: null }
}

function change(book: ScanBook, ids: readonly string[], how: (kept: KeptScan) => KeptScan): ScanBook {
  const wanted = new Set(ids)
  return { ...book, scans: book.scans.map((kept) => (wanted.has(kept.scan.id) ? how(kept) : kept)) }
}

/** The next scans to send. */
export function unsent(book: ScanBook, most: number): KeptScan[] {
  return book.scans.filter((kept) => !kept.sent).slice(0, most)
}

export function asSent({ scan, undone }: KeptScan): ScanIn {
  return { ...scan, undone }
}

/** The server has these as they were sent; what changed meanwhile stays to be sent. */
export function withTaken(book: ScanBook, sent: readonly KeptScan[], taken: readonly ScanOut[]): ScanBook {
  const answers = new Map(taken.map((item) => [item.id, item]))
  const before = new Map(sent.map((kept) => [kept.scan.id, kept]))
  const scans = book.scans.map((kept) => {
    const answer = answers.get(kept.scan.id)
    if (!answer) return kept
    return { ...kept, sent: kept.undone === before.get(kept.scan.id)?.undone, problem: answer.state === 'unknown' ? answer.problem || ' ' : '', count: answer.count, goods: goodsOf(answer, kept.goods), lot_code: answer.lot_code, expires_on: answer.expires_on }
  })
  return { ...book, scans }
}

function goodsOf(answer: ScanOut, known: Goods | null): Goods | null {
  if (answer.product_id === null || answer.packaging_id === null) return null
  if (known?.packaging_id === answer.packaging_id) return known
  return {
    product_id: answer.product_id, name: answer.product_name, color: known?.color ?? '', image_url: known?.image_url ?? null, base_unit: answer.base_unit,
    packaging_id: answer.packaging_id, packaging: answer.packaging_name, unit_qty: answer.unit_qty,
    packagings: [{ id: answer.packaging_id, name: answer.packaging_name, unit_qty: answer.unit_qty }],
  }
}

/** What the server has of each own scan, to be noted before its totals are asked for. */
export function known(book: ScanBook): Map<string, number> {
  return new Map(book.scans.filter((kept) => kept.sent).map((kept) => [kept.scan.id, kept.undone ? 0 : kept.count]))
}

/** The server's totals, in which is what it had `before` it was asked. */
export function withDetail(book: ScanBook, detail: ScanSessionDetail, before: ReadonlyMap<string, number>): ScanBook {
  const scans = book.scans.map((kept) => ({ ...kept, told: before.get(kept.scan.id) ?? kept.told }))
  const settled = scans.length - KEPT
  const left = settled > 0 ? scans.filter((kept, index) => index >= settled || !kept.sent) : scans
  return { ...book, session_id: detail.id, detail, scans: left }
}

/** One line of the running list. */
export interface BookLine {
  key: string
  goods: Goods
  lot_code: string
  expires_on: string | null
  count: number
  /** In base units. */
  qty: number
  needs_lot: boolean
  /** Some of it has not reached the server yet. */
  waiting: boolean
  problem: string
}

export function lineKey(line: { product_id: number; packaging_id: number; lot_code: string; expires_on: string | null }): string {
  return [line.product_id, line.packaging_id, line.lot_code, line.expires_on ?? ''].join('|')
}

function keyOfScan(kept: KeptScan): string | null {
  if (!kept.goods) return null
  return lineKey({ ...kept.goods, lot_code: kept.lot_code, expires_on: kept.expires_on })
}

/** The running list: what the server told, and on top what it does not know yet. The last scanned comes first. */
export function linesOf(book: ScanBook): BookLine[] {
  const lines = new Map<string, BookLine>()
  for (const line of book.detail?.lines ?? []) {
    const shown = fromServer(line, book)
    const same = lines.get(shown.key)
    lines.set(shown.key, same ? { ...shown, count: same.count + shown.count, qty: same.qty + shown.qty } : shown)
  }
  for (const kept of book.scans) {
    const key = keyOfScan(kept)
    const more = (kept.undone ? 0 : kept.count) - kept.told
    if (!key || !kept.goods || (more === 0 && kept.sent)) continue
    const line = lines.get(key) ?? fromScan(key, kept, kept.goods)
    const count = line.count + more
    lines.set(key, { ...line, count, qty: count * line.goods.unit_qty, waiting: line.waiting || !kept.sent })
  }
  const order = lastScanned(book)
  const refused = new Map((book.refusal?.lines ?? []).map((line) => [lineKey(line), line.detail]))
  return [...lines.values()]
    .filter((line) => line.count > 0)
    .map((line) => ({ ...line, problem: refused.get(line.key) ?? '' }))
    .sort((a, b) => (order.get(b.key) ?? -1) - (order.get(a.key) ?? -1))
}

function lastScanned(book: ScanBook): Map<string, number> {
  return new Map(book.scans.map((kept, index) => [keyOfScan(kept) ?? '', index]))
}

function fromServer(given: ScanLine, book: ScanBook): BookLine {
  const said = given.needs_lot ? book.lots[given.product_id] : undefined
  const line = said ? { ...given, ...said } : given
  const { product_id, product_name: name, color, base_unit, packaging_id, packaging_name: packaging, unit_qty, packagings, lot_code, expires_on } = line
  return {
    key: lineKey(line), goods: { product_id, name, color, image_url: null, base_unit, packaging_id, packaging, unit_qty, packagings },
    lot_code, expires_on, count: line.count, qty: line.qty, needs_lot: line.needs_lot && !said, waiting: Boolean(said), problem: '',
  }
}

/** Lot and day of a product, said once: for what was scanned of it without, and for what will be. */
export function withLot(book: ScanBook, productId: number, lot: { lot_code: string; expires_on: string | null }, key: string): ScanBook {
  const scans = book.scans.map((kept) => (kept.goods?.product_id === productId && !kept.lot_code && !kept.expires_on ? { ...kept, ...lot } : kept))
  const answer: Answer = { key, verb: 'lots', body: { product_id: productId, ...lot } }
  return { ...book, scans, lots: { ...book.lots, [productId]: lot }, answers: [...book.answers, answer], refusal: null }
}

/** Whether a lot must be said, the server tells with its totals. */
function fromScan(key: string, kept: KeptScan, goods: Goods): BookLine {
  return { key, goods, lot_code: kept.lot_code, expires_on: kept.expires_on, count: 0, qty: 0, needs_lot: false, waiting: !kept.sent, problem: '' }
}

export interface BookUnknown {
  code: string
  problem: string
  count: number
  waiting: boolean
}

/** Codes that stand for nothing yet: those the server told of, and those that it has not seen. */
export function unknownOf(book: ScanBook): BookUnknown[] {
  const found = new Map<string, BookUnknown>()
  for (const item of book.detail?.unknown ?? []) if (!item.dropped) found.set(item.code, { code: item.code, problem: item.problem, count: item.count, waiting: false })
  for (const kept of book.scans) {
    if (kept.goods || kept.undone || kept.told > 0) continue
    const before = found.get(kept.scan.code)
    found.set(kept.scan.code, { code: kept.scan.code, problem: kept.problem, count: (before?.count ?? 0) + kept.count, waiting: true })
  }
  const answered = new Set(book.answers.map((answer) => (answer.verb === 'lots' ? '' : answer.body.code)))
  return [...found.values()].filter((item) => !answered.has(item.code))
}

/** The own scans that make a line, the newest first: what an undo or a smaller number takes back. */
export function ownScans(book: ScanBook, key: string): KeptScan[] {
  return book.scans.filter((kept) => !kept.undone && keyOfScan(kept) === key).reverse()
}

/** The last own scan that still counts. */
export function lastScan(book: ScanBook): KeptScan | undefined {
  return [...book.scans].reverse().find((kept) => !kept.undone)
}

/** Whether this very thing was scanned before: a serial is there once. */
export function hasSerial(book: ScanBook, gtin: string, serial: string): boolean {
  return book.scans.some((kept) => !kept.undone && kept.scan.serial === serial && kept.scan.code.includes(gtin))
}

/** Nothing of the book is left to be sent. */
export function isSettled(book: ScanBook): boolean {
  return book.session_id !== null && book.answers.length === 0 && !book.finishing && book.scans.every((kept) => kept.sent)
}

export function waitingCount(book: ScanBook): number {
  return book.scans.filter((kept) => !kept.sent).length
}

/** All that the server does not have yet: scans, what was said of lots and codes, and the wish to finish. */
export function leftCount(book: ScanBook): number {
  return waitingCount(book) + book.answers.length + (book.finishing ? 1 : 0)
}
