/** What the page made of the last scanned code. */
export interface ScanResult {
  tone: 'good' | 'bad'
  title: string
  detail: string
}
