import { beginBook } from '@/state/scans'
import { t } from '@/texts'

/** Begins to scan what lies in a shop that has never said so: only what is on the books can be sold. */
export function beginOpening(): void {
  const book = beginBook({ kind: 'in', reason: 'opening' }, t.scanning.reasons.opening)
  uni.navigateTo({ url: `/pages/scan/scan?book=${book.key}` })
}
