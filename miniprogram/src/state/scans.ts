import { ref } from 'vue'
import { api } from '@/api/client'
import type { NewScanSession, ScanSessionDetail } from '@/api/types'
import * as books from '@/domain/scan-book'
import type { Answer, RefusedLine, ScanBook } from '@/domain/scan-book'
import { forget, keysWith, load, save } from '@/platform/storage'
import { newKey } from '@shared/keys'
import { ApiProblem, messageOf } from '@shared/problem'
import { t } from '@/texts'
import { ownKey, useSession } from './session'

/*
 * Everything that was scanned on this phone and is not settled yet: written down scan by scan, sent in batches in the
 * background, kept through closing the app, a dead battery and a cellar without network.
 */

const RETRY_MS = 10_000
const BATCH = 200

const open = ref<ScanBook[]>([])
let owner = ''
let timer: ReturnType<typeof setInterval> | undefined
const running = new Map<string, Promise<void>>()

function keyOf(book: { key: string }): string {
  return `${owner}:${book.key}`
}

/** Opens the signed-in account's books and sends what is left from the last time. */
export function openBooks(): void {
  const key = ownKey('scans')
  if (owner === key) return
  owner = key
  open.value = keysWith(`${key}:`)
    .map((name) => load<ScanBook>(name))
    .filter((book): book is ScanBook => book !== undefined)
    .sort((a, b) => (a.begun_at < b.begun_at ? 1 : -1))
  clearInterval(timer)
  timer = setInterval(flushBooks, RETRY_MS)
  flushBooks()
}

export function closeBooks(): void {
  clearInterval(timer)
  owner = ''
  open.value = []
}

/** Sends what waits. */
export function flushBooks(): void {
  for (const book of open.value) if (!books.isSettled(book)) void syncBook(book.key)
}

export function bookOf(key: string): ScanBook | undefined {
  return open.value.find((book) => book.key === key)
}

/** Changes a book, on the screen and on the device. */
export function changeBook(key: string, how: (book: ScanBook) => ScanBook): ScanBook | undefined {
  const before = bookOf(key)
  if (!before) return undefined
  const after = how(before)
  open.value = open.value.map((book) => (book.key === key ? after : book))
  if (!save(keyOf(after), after)) uni.showToast({ title: t.scanning.notStored, icon: 'none' })
  return after
}

function put(book: ScanBook): void {
  open.value = [book, ...open.value.filter((other) => other.key !== book.key)]
  if (!save(keyOf(book), book)) uni.showToast({ title: t.scanning.notStored, icon: 'none' })
}

function close(key: string): void {
  forget(keyOf({ key }))
  open.value = open.value.filter((book) => book.key !== key)
}

/** Begins a session; with or without network, it can be scanned into at once. */
export function beginBook(opening: NewScanSession, reasonName: string, stocktakeId?: number): ScanBook {
  const book: ScanBook = { ...books.emptyBook(newKey(), opening, reasonName, new Date().toISOString()), ...(stocktakeId ? { stocktake_id: stocktakeId } : {}) }
  put(book)
  void syncBook(book.key)
  return book
}

/** A session that is open on the server, to go on with on this phone. */
export function joinBook(detail: ScanSessionDetail): ScanBook {
  const mine = open.value.find((book) => book.session_id === detail.id)
  if (mine) return mine
  const opening = { kind: detail.kind, warehouse_id: detail.warehouse.id, reason: (detail.reason || null) as NewScanSession['reason'], note: detail.note }
  const book = { ...books.emptyBook(newKey(), opening, detail.reason_name, detail.opened_at), session_id: detail.id, detail }
  put(book)
  return book
}

/** Gives up a book of which nothing was sent, or whose session is over. */
export function dropBook(key: string): void {
  close(key)
}

/** The session was ended by somebody else: what it did not get goes into a new one. */
export function moveBook(key: string): ScanBook | undefined {
  const old = bookOf(key)
  if (!old) return undefined
  const left = old.scans.filter((kept) => !kept.sent && !kept.undone)
  const fresh = { ...books.emptyBook(newKey(), { ...old.opening }, old.reason_name, new Date().toISOString()), stocktake_id: old.stocktake_id, scans: left.map((kept) => ({ ...kept, told: 0 })), lots: old.lots }
  put(fresh)
  close(key)
  void syncBook(fresh.key)
  return fresh
}

/** Sends what a book has, in its order; several calls at once are one. Resolves when there is no more to do now. */
export function syncBook(key: string): Promise<void> {
  const before = running.get(key)
  if (before) return before
  const run = send(key).finally(() => running.delete(key))
  running.set(key, run)
  return run
}

async function send(key: string): Promise<void> {
  const account = useSession().me.value?.account_id
  const mine = (): ScanBook | undefined => (useSession().me.value?.account_id === account ? bookOf(key) : undefined)
  try {
    for (let book = mine(); book && !book.refusal; book = mine()) {
      if (!(await step(book))) return
    }
  } catch (problem) {
    const known = problem instanceof ApiProblem ? problem : null
    if (known && (known.transient || known.status === 401)) return
    changeBook(key, (book) => ({ ...book, finishing: null, refusal: { code: known?.code ?? 'unknown', detail: messageOf(problem), lines: refusedLines(known) } }))
    if (known?.code === 'codes_unknown' || known?.code === 'scan_lines_refused') await refreshBook(key).catch(() => undefined)
  }
}

function refusedLines(problem: ApiProblem | null): RefusedLine[] {
  const lines = problem?.members.lines
  return Array.isArray(lines) ? (lines as RefusedLine[]) : []
}

/** One request of those that are due; false when nothing is. */
async function step(book: ScanBook): Promise<boolean> {
  if (book.session_id === null) {
    const detail = await opened(book)
    changeBook(book.key, (now) => ({ ...now, session_id: detail.id, detail }))
    return true
  }
  const path = { scan_session_id: book.session_id }
  const batch = books.unsent(book, BATCH)
  if (batch.length > 0) {
    const { items } = await api.post('/api/v1/scan-sessions/{scan_session_id}/scans', { path, body: { scans: batch.map(books.asSent) } })
    changeBook(book.key, (now) => books.withTaken(now, batch, items))
    const left = bookOf(book.key)
    if (left && books.unsent(left, 1).length === 0) await refreshBook(book.key)
    return true
  }
  const [answer] = book.answers
  if (answer) {
    await say(path, answer)
    changeBook(book.key, (now) => ({ ...now, answers: now.answers.filter((other) => other.key !== answer.key) }))
    await refreshBook(book.key)
    return true
  }
  if (book.finishing) {
    await api.post('/api/v1/scan-sessions/{scan_session_id}/finish', { path, idempotencyKey: book.finishing })
    close(book.key)
  }
  return false
}

function opened(book: ScanBook): Promise<ScanSessionDetail> {
  const { opening: body, key: idempotencyKey, stocktake_id } = book
  if (stocktake_id) return api.post('/api/v1/stocktakes/{stocktake_id}/sessions', { path: { stocktake_id }, idempotencyKey })
  return api.post('/api/v1/scan-sessions', { body, idempotencyKey })
}

async function say(path: { scan_session_id: number }, answer: Answer): Promise<void> {
  const { key: idempotencyKey } = answer
  try {
    if (answer.verb === 'lots') await api.post('/api/v1/scan-sessions/{scan_session_id}/lots', { path, body: answer.body, idempotencyKey })
    else if (answer.verb === 'resolve') await api.post('/api/v1/scan-sessions/{scan_session_id}/resolve', { path, body: answer.body, idempotencyKey })
    else await api.post('/api/v1/scan-sessions/{scan_session_id}/drop', { path, body: answer.body, idempotencyKey })
  } catch (problem) {
    // Nothing is left that it could be said of: it was undone, or another phone said it.
    if (!(problem instanceof ApiProblem && problem.status === 404)) throw problem
  }
}

/** Asks the server for the totals, of all phones. */
export async function refreshBook(key: string): Promise<void> {
  const book = bookOf(key)
  if (!book?.session_id) return
  const before = books.known(book)
  const detail = await api.get('/api/v1/scan-sessions/{scan_session_id}', { path: { scan_session_id: book.session_id } })
  const now = changeBook(key, (kept) => books.withDetail(kept, detail, before))
  // Another phone finished it, and had everything of this one.
  if (now && detail.state !== 'open' && books.isSettled(now)) close(key)
}

/** How much of the signed-in account is on this phone only: scans, answers about them, and ends of sessions. */
export function unsentScans(): number {
  return open.value.reduce((sum, book) => sum + books.leftCount(book), 0)
}

export function useBooks() {
  return { books: open }
}
