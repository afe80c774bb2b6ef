import { ref } from 'vue'
import type { ScanResult } from '@/components/scan-result'
import { t } from '@/texts'
import { useProductScan } from './useProductScan'

/** A line of a document as the scanner knows it. */
export interface ScannedLine {
  line_no: number
  product_id: number
  product_name: string
  /** The 14-digit GTINs of the product, where the document knows them. */
  gtins?: readonly string[]
}

/**
 * Scanning a product leads to its line: the camera closes, the page scrolls there and the line lights up. Lots of one
 * product are several lines: the next scan leads to the next of them.
 */
export function useLineScan(lines: () => readonly ScannedLine[]) {
  const lit = ref(0)
  /** For `scroll-into-view`; emptied first, or the same line could not be asked for twice. */
  const target = ref('')

  const scan = useProductScan(
    (product) => lead(product.id, product.name),
    (gtin) => {
      const line = lines().find((one) => one.gtins?.includes(gtin))
      return line ? lead(line.product_id, line.product_name) : null
    },
  )

  function lead(productId: number, name: string): ScanResult {
    const same = lines().filter((line) => line.product_id === productId)
    const after = same.findIndex((line) => line.line_no === lit.value)
    const next = same[(after + 1) % Math.max(1, same.length)]
    if (!next) return { tone: 'bad', title: t.scan.notHere(name), detail: '' }
    show(next.line_no)
    scan.close()
    return { tone: 'good', title: name, detail: '' }
  }

  function show(lineNo: number): void {
    lit.value = lineNo
    target.value = ''
    setTimeout(() => (target.value = `line-${lineNo}`), 50)
  }

  return { ...scan, lit, target, show }
}
