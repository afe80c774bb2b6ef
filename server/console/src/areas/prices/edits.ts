import type { Schemas } from '@/api/types'
import { parseFen, yuan, yuanDigits } from '@shared/money'

/** What a cell of the grid says before it is saved; null: not offered. */
export interface Edit {
  productId: number
  column: string
  text: string
  fen: number | null
  /** Why it cannot be saved as it stands. */
  wrong: string
}

export type Limits = Schemas['Limits']

/** A line of the grid: a product, and what each column says of it. */
export interface GridRow {
  product_id: number
  product_code: string
  product_name: string
  spec: string
  base_unit: string
  limits: Limits
  cells: GridCell[]
}

export interface GridCell {
  price_fen: number | null
  entry_id: number | null
  until_on: string | null
  base_fen: number | null
  next_from: string | null
  next_fen: number | null
  offered: boolean
  /** It was approved to lie outside the limits. */
  exception_id?: number | null
  /** The cell shows what another list says: a buyer's, its group's price. */
  inherited?: boolean
}

export interface GridColumn {
  key: string
  title: string
  note?: string
}

export function cellKey(productId: number, column: string): string {
  return `${productId}:${column}`
}

/** What is typed into a cell: an amount within the limits, or nothing for "not offered". */
export function judge(text: string, limits: Limits): { fen: number | null; wrong: string } {
  if (!text.trim()) return { fen: null, wrong: '' }
  const fen = parseFen(text)
  if (fen === null || fen <= 0) return { fen: null, wrong: '请填写金额，最多两位小数' }
  if (fen < limits.floor_fen || fen > limits.ceiling_fen) {
    return { fen, wrong: `应在 ${yuan(limits.floor_fen)} 到 ${yuan(limits.ceiling_fen)} 之间（${limits.source}）` }
  }
  return { fen, wrong: '' }
}

/** The edit that typing makes; null where the cell says so already. */
export function typed(row: GridRow, column: string, cell: GridCell | undefined, text: string): Edit | null {
  const { fen, wrong } = judge(text, row.limits)
  const before = cell && !cell.inherited ? cell.price_fen : null
  if (!wrong && fen === before) return null
  return { productId: row.product_id, column, text, fen, wrong }
}

/** Cells copied out of a spreadsheet: rows by lines, columns by tabs. */
export function pasted(text: string): string[][] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.trim()))
}

export function shownPrice(fen: number | null | undefined): string {
  return fen === null || fen === undefined ? '' : yuanDigits(fen).replaceAll(',', '')
}

/** "10300" hundredths of a per cent from "103" or "103.5"; null for what is none. */
export function parsePercent(text: string): number | null {
  const fen = parseFen(text.replace(/%|％/g, ''))
  return fen !== null && fen >= 1_000 && fen <= 100_000 ? fen : null
}
