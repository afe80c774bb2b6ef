import { inCases } from './quantity'

/** What is needed of an order's line to decide on it. */
export interface Line {
  line_no: number
  product_id: number
  price_fen: number
  ordered_qty: number
  approved_qty: number
  issued_qty: number
  /** Base units that are free in the seller's warehouse; null for those who may not see it. */
  available_qty?: number | null
}

/** line number → base units that the seller grants, sends or counts. */
export type Quantities = Readonly<Record<number, number>>

/** Everything as it was ordered. */
export function asOrdered(lines: readonly Line[]): Quantities {
  return Object.fromEntries(lines.map((line) => [line.line_no, line.ordered_qty]))
}

/** What the first of two deciders proposed. */
export function asProposed(proposal: { lines: readonly { line_no: number; approved_qty: number }[] }): Quantities {
  return Object.fromEntries(proposal.lines.map((line) => [line.line_no, line.approved_qty]))
}

/** As much as the stock can serve, earlier lines first: two lines of one product share what there is of it. */
export function asStocked(lines: readonly Line[]): Quantities {
  const left = new Map<number, number>()
  return Object.fromEntries(
    lines.map((line) => {
      const free = left.get(line.product_id) ?? line.available_qty ?? line.ordered_qty
      const granted = Math.max(0, Math.min(line.ordered_qty, free))
      left.set(line.product_id, free - granted)
      return [line.line_no, granted]
    }),
  )
}

/** What is approved and has not left yet. */
export function asApproved(lines: readonly Line[]): Quantities {
  return Object.fromEntries(lines.map((line) => [line.line_no, line.approved_qty - line.issued_qty]))
}

/** What quantities cost, in fen. */
export function amountOf(lines: readonly Line[], quantities: Quantities): number {
  return lines.reduce((sum, line) => sum + (quantities[line.line_no] ?? 0) * line.price_fen, 0)
}

/** Whether less is granted than was ordered. */
export function isPart(lines: readonly Line[], quantities: Quantities): boolean {
  return lines.some((line) => (quantities[line.line_no] ?? 0) < line.ordered_qty)
}

/** Products of which more is granted than there is, over all their lines. */
export function shortProducts(lines: readonly Line[], quantities: Quantities): Set<number> {
  const wanted = new Map<number, number>()
  for (const line of lines) {
    wanted.set(line.product_id, (wanted.get(line.product_id) ?? 0) + (quantities[line.line_no] ?? 0))
  }
  const short = lines.filter((line) => wanted.get(line.product_id)! > (line.available_qty ?? Infinity))
  return new Set(short.map((line) => line.product_id))
}

/** A line's quantity in cases and pieces. */
export function qtyText(line: { unit_qty: number; packaging_name: string; base_unit: string }, qty: number): string {
  return inCases(qty, line.unit_qty, line.packaging_name, line.base_unit)
}

/** A price per base unit as it is printed: per case where the line was ordered in cases. */
export function pricePer(line: { price_fen: number; unit_qty: number }): number {
  return line.price_fen * line.unit_qty
}
