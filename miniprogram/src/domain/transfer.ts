import type { Transfer, TransferLine } from '@/api/types'
import type { Counted, Counts, CountedLine } from './receipt'
import { allComplete, differs } from './receipt'

/** Each lot of a transfer as a line that is counted, under its own number. */
export function countedLines(transfer: Pick<Transfer, 'lines'>): CountedLine[] {
  return (transfer.lines ?? []).flatMap((line) => (line.lots).map((lot) => ({ ...pack(line), line_no: lot.no, qty: lot.qty, lot_code: lot.lot_code, expires_on: lot.expires_on })))
}

function pack(line: TransferLine): Pick<CountedLine, 'product_id' | 'product_name' | 'base_unit' | 'unit_qty' | 'packaging_name' | 'price_fen'> {
  const { product_id, product_name, base_unit, price_fen } = line
  return { product_id, product_name, base_unit, price_fen, unit_qty: line.case_qty, packaging_name: line.case_name }
}

/** What arrived, as it is sent: only the lots that differ; the others arrived complete. */
export function asReceived(lines: readonly CountedLine[], counts: Counts): { no: number; received_qty: number; damaged_qty: number; note: string }[] {
  return lines.filter((line) => differs(line, counts[line.line_no]!)).map((line) => {
    const { good, damaged, note } = counts[line.line_no]!
    return { no: line.line_no, received_qty: good, damaged_qty: damaged, note: note.trim() }
  })
}

/** The first lot that differs and says nothing about it. */
export function unexplained(lines: readonly CountedLine[], counts: Counts): CountedLine | undefined {
  return lines.find((line) => differs(line, counts[line.line_no]!) && !counts[line.line_no]!.note.trim())
}

export { allComplete, type Counted, type Counts, type CountedLine }
