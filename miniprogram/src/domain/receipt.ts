import type { IssueLine } from '@/api/types'

/** What is needed of a lot to count it: of a delivery, or of a transfer. */
export type CountedLine = Pick<IssueLine, 'line_no' | 'product_id' | 'product_name' | 'base_unit' | 'unit_qty' | 'packaging_name' | 'qty' | 'price_fen' | 'lot_code' | 'expires_on'>

/** What was counted of one line of a delivery, in base units. Good and damaged pieces apart; the rest is short. */
export interface Counted {
  good: number
  damaged: number
  note: string
}

/** line number → what was counted. */
export type Counts = Record<number, Counted>

export function allComplete(lines: readonly CountedLine[]): Counts {
  return Object.fromEntries(lines.map((line) => [line.line_no, { good: line.qty, damaged: 0, note: '' }]))
}

export function shortQty(line: CountedLine, counted: Counted): number {
  return line.qty - counted.good - counted.damaged
}

export function differs(line: CountedLine, counted: Counted): boolean {
  return counted.good !== line.qty
}

/** More good pieces leave less room for damaged ones. */
export function withGood(line: CountedLine, counted: Counted, qty: number): Counted {
  const good = Math.max(0, Math.min(line.qty, qty))
  return { ...counted, good, damaged: Math.min(counted.damaged, line.qty - good) }
}

/** A damaged piece is first one of those missing, then one of those thought good. */
export function withDamaged(line: CountedLine, counted: Counted, qty: number): Counted {
  const damaged = Math.max(0, Math.min(line.qty, qty))
  return { ...counted, damaged, good: Math.min(counted.good, line.qty - damaged) }
}

export interface Differences {
  lines: number
  short: number
  damaged: number
  /** What the buyer does not have to pay. */
  credit_fen: number
}

export function differencesOf(lines: readonly CountedLine[], counts: Counts): Differences {
  const found: Differences = { lines: 0, short: 0, damaged: 0, credit_fen: 0 }
  for (const line of lines) {
    const counted = counts[line.line_no]
    if (!counted || !differs(line, counted)) continue
    found.lines += 1
    found.short += shortQty(line, counted)
    found.damaged += counted.damaged
    found.credit_fen += (line.qty - counted.good) * line.price_fen
  }
  return found
}

/** The lines of the request: only those that differ; the server takes the others as complete. */
export function toReceivedLines(lines: readonly CountedLine[], counts: Counts): { line_no: number; received_qty: number; damaged_qty: number; note: string }[] | null {
  const differing = lines.filter((line) => differs(line, counts[line.line_no]!))
  if (differing.length === 0) return null
  return differing.map((line) => {
    const { good, damaged, note } = counts[line.line_no]!
    return { line_no: line.line_no, received_qty: good, damaged_qty: damaged, note: note.trim() }
  })
}
