import { ref } from 'vue'
import { api } from '@/api/client'
import { ApiProblem, messageOf } from '@shared/problem'
import type { CatalogProduct } from '@/api/types'
import type { ScanResult } from '@/components/scan-result'
import { readCode } from '@/domain/gs1'
import { checkCode, cleanCode, isNoteNumber, printedCode } from '@shared/gtin'
import { keptProducts } from '@/state/catalog'
import { useSession } from '@/state/session'
import { t } from '@/texts'

interface Found {
  product: CatalogProduct
  packaging_id: number
}

/**
 * From a scanned code to a product and its packaging. `found` does something with it and says what (the sentence
 * under the camera). Check digits are tested before the server is asked; without network the kept catalogue answers.
 * `known` is asked first, with the 14-digit GTIN: what lies before the reader, whether it is still offered or not.
 * `buyerId` is the customer for whom the goods are; 0 for the own account.
 */
export function useProductScan(
  found: (product: CatalogProduct, packagingId: number) => ScanResult,
  known: (gtin: string) => ScanResult | null = () => null,
  buyerId: () => number = () => 0,
) {
  const scanning = ref(false)
  const busy = ref(false)
  const result = ref<ScanResult | null>(null)

  function open(): void {
    result.value = null
    scanning.value = true
  }

  function close(): void {
    scanning.value = false
  }

  async function handle(scanned: string): Promise<void> {
    if (busy.value) return
    if (isTraceLink(scanned) && useSession().can('trace.scan')) return openWay(scanned)
    busy.value = true
    const code = codeIn(scanned)
    try {
      if (isNoteNumber(code)) return await openNote(code)
      result.value = complaint(code) ?? known(code.padStart(14, '0')) ?? taken(await look(code, buyerId()))
    } catch (problem) {
      result.value = bad(problem, code)
    } finally {
      busy.value = false
    }
    if (result.value?.tone === 'good') uni.vibrateShort?.({ fail: () => undefined })
  }

  /** The barcode of a goods issue note opens the delivery. */
  async function openNote(number: string): Promise<void> {
    const issue = await api.get('/api/v1/goods-issues/by-number/{number}', { path: { number: number.toUpperCase() } })
    result.value = { tone: 'good', title: t.scan.noteOpened(issue.number), detail: issue.buyer.name }
    close()
    const sold = issue.seller.id === useSession().me.value?.org.id
    uni.navigateTo({ url: sold ? `/pages/order/detail?id=${issue.order_id}` : `/pages/order/receive?issue=${issue.id}` })
  }

  /** The QR code of a case leads to its way. */
  function openWay(link: string): void {
    close()
    uni.navigateTo({ url: `/pages/trace/scan?code=${encodeURIComponent(link)}` })
  }

  function taken(item: Found): ScanResult {
    return found(item.product, item.packaging_id)
  }

  return { scanning, busy, result, open, close, handle }
}

/** The digits that name goods: all that was read, or those within a GS1 code with lot, day and serial. */
function codeIn(scanned: string): string {
  const digits = cleanCode(scanned)
  if (checkCode(digits) === 'ok') return digits
  const gtin = readCode(scanned).scanned?.gtin
  return gtin ? printedCode(gtin) : digits
}

/** The own trace code of a case, as its QR code holds it. */
function isTraceLink(scanned: string): boolean {
  return /^https?:\/\/[^/?#]+(\/[^?#]*)?\/t\/[^/?#]+/i.test(scanned.trim())
}

function complaint(code: string): ScanResult | null {
  const check = checkCode(code)
  if (check === 'not_gtin') return { tone: 'bad', title: t.scan.notGtin(code.slice(0, 30)), detail: '' }
  if (check === 'check_digit') return { tone: 'bad', title: t.scan.checkDigit(code), detail: '' }
  return null
}

async function look(code: string, buyerId: number): Promise<Found> {
  try {
    return await api.get('/api/v1/catalog/scan/{code}', { path: { code }, query: { buyer_id: buyerId || undefined } })
  } catch (problem) {
    if (!(problem instanceof ApiProblem && problem.offline)) throw problem
    return fromKept(code, buyerId)
  }
}

/** The kept pages carry the packagings with their 14-digit GTINs. */
function fromKept(code: string, buyerId: number): Found {
  const gtin = code.padStart(14, '0')
  const [product] = keptProducts((item) => item.packagings.some((pack) => pack.gtin.padStart(14, '0') === gtin), buyerId)
  const packaging = product?.packagings.find((pack) => pack.gtin.padStart(14, '0') === gtin)
  if (!product || !packaging) throw new ApiProblem(0, 'offline', t.scan.offline)
  return { product, packaging_id: packaging.id }
}

function bad(problem: unknown, code: string): ScanResult {
  const kind = problem instanceof ApiProblem ? problem.code : ''
  if (kind === 'gtin_unknown') return { tone: 'bad', title: t.scan.unknown, detail: t.scan.unknownDetail(code) }
  if (kind === 'not_offered') return { tone: 'bad', title: t.scan.notOffered, detail: t.scan.unknownDetail(code) }
  return { tone: 'bad', title: messageOf(problem), detail: t.scan.unknownDetail(code) }
}
