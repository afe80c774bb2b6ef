import { printedCode } from '@shared/gtin'
import { useProductScan } from './useProductScan'

/** A scanned code as what is searched for: goods that lie here are found by it whether they are still offered or not. */
export function useStockScan(search: (code: string) => void) {
  const scan = useProductScan(
    (product) => told(product.code),
    (gtin) => told(printedCode(gtin)),
  )

  function told(code: string) {
    search(code)
    scan.close()
    return { tone: 'good' as const, title: code, detail: '' }
  }

  return scan
}
