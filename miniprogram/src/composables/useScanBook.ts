import { computed, onUnmounted, ref, watch, type Ref } from 'vue'
import { readCode, type Reading } from '@/domain/gs1'
import * as books from '@/domain/scan-book'
import type { BookLine, Goods, KeptScan } from '@/domain/scan-book'
import type { Decoded } from '@/platform/barcode-reader'
import { signal, type Signal } from '@/platform/signals'
import { goodsOf, lookOf } from '@/state/goods'
import { bookOf, changeBook, syncBook, useBooks } from '@/state/scans'
import { newKey } from '@shared/keys'
import { t } from '@/texts'

/** What the last scan came to; `line` lights up in the list. */
export interface Heard {
  tone: Signal
  title: string
  detail: string
}

/** Several scans in a row are sent together. */
const GATHER_MS = 700
const MOST = 100_000

/** One phone's scanning into one book: codes in, lines out. */
export function useScanBook(key: Ref<string>) {
  const { books: open } = useBooks()
  const heard = ref<Heard | null>(null)
  const book = computed(() => open.value.find((one) => one.key === key.value))
  const lines = computed(() => (book.value ? books.linesOf(book.value).map(withLook) : []))
  const unknown = computed(() => (book.value ? books.unknownOf(book.value) : []))
  const waiting = computed(() => (book.value ? books.waitingCount(book.value) : 0))
  let timer: ReturnType<typeof setTimeout> | undefined
  onUnmounted(() => clearTimeout(timer))

  function sendSoon(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void syncBook(key.value), GATHER_MS)
  }

  /** What the phone did not know, the server tells a moment later. */
  let asked = ''
  watch(
    () => book.value?.scans.find((kept) => kept.scan.id === asked),
    (kept) => {
      if (!kept?.sent) return
      asked = ''
      if (kept.goods) say('good', kept.goods.name, t.scanning.plus(kept.count, kept.goods.packaging))
      else if (!kept.undone) say('bad', t.scanning.unknownHeard, kept.scan.code.slice(0, 40))
    },
  )

  function say(tone: Signal, title: string, detail = ''): void {
    heard.value = { tone, title, detail }
    signal(tone)
  }

  /** A code from the camera, a hand scanner or the keyboard. */
  function take({ code, symbology }: Decoded): void {
    if (!book.value) return
    const reading = readCode(code, symbology)
    if (reading.refusal) refused(code, reading)
    else if (/^https?:\/\//i.test(reading.scanned.text ?? '')) say('bad', t.scanning.webAddress)
    else keep(code.trim(), symbology, reading.scanned)
  }

  function refused(code: string, { refusal }: Reading): void {
    const said = refusal?.said
    if (refusal?.why !== 'no_item' || !(said?.lot_code || said?.expires_on)) {
      say('bad', refusal ? t.scanning.why[refusal.why] : '', code.slice(0, 40))
      return
    }
    // The second barcode of a label belongs to what was scanned just before.
    const before = book.value && books.lastScan(book.value)
    if (!before?.goods) return say('bad', t.scanning.labelAlone)
    sayLot(before.goods.product_id, said.lot_code ?? '', said.expires_on ?? null)
    say('good', t.scanning.labelTaken(before.goods.name), lotWords(said.lot_code ?? '', said.expires_on ?? null))
  }

  function keep(code: string, symbology: string, scanned: NonNullable<Reading['scanned']>): void {
    const { gtin = '', serial = scanned.sscc ?? '' } = scanned
    if (serial && book.value && books.hasSerial(book.value, gtin, serial)) return say('odd', t.scanning.repeated, serial)
    const goods = gtin ? goodsOf(gtin) : null
    const said = goods ? book.value?.lots[goods.product_id] : undefined
    const lot_code = scanned.lot_code ?? said?.lot_code ?? ''
    const expires_on = scanned.expires_on ?? (scanned.lot_code ? null : (said?.expires_on ?? null))
    const count = scanned.count ?? 1
    add(code, symbology, { goods, lot_code, expires_on, count, serial, said: Boolean(said && !scanned.lot_code && !scanned.expires_on) })
    if (goods) say('good', goods.name, [t.scanning.plus(count, goods.packaging), lotWords(lot_code, expires_on)].filter(Boolean).join(' · '))
    else say('odd', t.scanning.lookingUp, code.slice(0, 40))
  }

  function add(code: string, symbology: string, what: { goods: Goods | null; lot_code: string; expires_on: string | null; count: number; serial: string; said?: boolean; chosen?: boolean }): void {
    const { goods, lot_code, expires_on, count, serial } = what
    const scan: KeptScan['scan'] = {
      id: newKey(), code, symbology, at: new Date().toISOString(),
      ...(count === 1 ? {} : { count }),
      ...(serial ? { serial } : {}),
      ...(what.said || what.chosen ? { lot_code, expires_on } : {}),
      ...(what.chosen && goods ? { product_id: goods.product_id, packaging_id: goods.packaging_id } : {}),
    }
    changeBook(key.value, (now) => books.withScan(now, { scan, count, goods, lot_code, expires_on, undone: false, sent: false, problem: '', told: 0 }))
    if (!goods) asked = scan.id
    sendSoon()
  }

  function undo(ids: readonly string[]): void {
    changeBook(key.value, (now) => books.withUndone(now, ids))
    sendSoon()
  }

  /** Takes back the last scan of this phone. */
  function undoLast(): void {
    const last = book.value && books.lastScan(book.value)
    if (!last) return say('bad', t.scanning.nothingToUndo)
    undo([last.scan.id])
    heard.value = { tone: 'odd', title: t.scanning.undone(last.goods?.name ?? last.scan.code), detail: '' }
  }

  /**
   * Another number of a line, by hand: more is one scan more; less takes back the newest scans of this phone. False
   * where what is left was scanned on another phone.
   */
  function setCount(line: BookLine, count: number): boolean {
    const wanted = Math.max(0, Math.min(MOST, count))
    const more = wanted - line.count
    if (more === 0 || !book.value) return true
    const code = books.ownScans(book.value, line.key)[0]?.scan.code ?? ''
    if (more > 0) {
      add(code || String(line.goods.packaging_id), '', { goods: line.goods, lot_code: line.lot_code, expires_on: line.expires_on, count: more, serial: '', chosen: true })
      return true
    }
    let left = -more
    const back: string[] = []
    for (const kept of books.ownScans(book.value, line.key)) {
      if (left <= 0) break
      back.push(kept.scan.id)
      left -= kept.count
    }
    if (left > 0) return false
    undo(back)
    if (left < 0) add(code, '', { goods: line.goods, lot_code: line.lot_code, expires_on: line.expires_on, count: -left, serial: '', chosen: true })
    return true
  }

  function sayLot(productId: number, lotCode: string, expiresOn: string | null): void {
    changeBook(key.value, (now) => books.withLot(now, productId, { lot_code: lotCode, expires_on: expiresOn }, newKey()))
    sendSoon()
  }

  function solve(code: string, productId: number, packagingId: number): void {
    changeBook(key.value, (now) => ({ ...now, refusal: null, answers: [...now.answers, { key: newKey(), verb: 'resolve', body: { code, product_id: productId, packaging_id: packagingId } }] }))
    void syncBook(key.value)
  }

  function drop(code: string): void {
    changeBook(key.value, (now) => ({ ...now, refusal: null, answers: [...now.answers, { key: newKey(), verb: 'drop', body: { code } }] }))
    void syncBook(key.value)
  }

  /** Written down first: it is done once, now or when there is network again. */
  async function finish(): Promise<'done' | 'waiting' | 'refused'> {
    changeBook(key.value, (now) => ({ ...now, finishing: now.finishing ?? newKey(), refusal: null }))
    await syncBook(key.value)
    if (bookOf(key.value)?.finishing) await syncBook(key.value)
    const left = bookOf(key.value)
    if (!left) return 'done'
    return left.refusal ? 'refused' : 'waiting'
  }

  return { book, lines, unknown, waiting, heard, take, undoLast, setCount, sayLot, solve, drop, finish, sendSoon }
}

/** The server's totals know no pictures; what this phone learned of a product does. */
function withLook(line: BookLine): BookLine {
  const look = lookOf(line.goods.product_id)
  return look ? { ...line, goods: { ...line.goods, color: line.goods.color || look.color, image_url: look.image_url } } : line
}

export function lotWords(code: string, day: string | null): string {
  return [code && t.scanning.lot(code), day && t.scanning.until(day)].filter(Boolean).join(' ')
}
