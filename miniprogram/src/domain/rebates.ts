import type { RebateProgress } from '@/api/types'
import { parseFen } from '@shared/money'

/** How far a measure is on the way to the last step, and where the steps lie on it, in per cent. */
export function wayOf(term: Pick<RebateProgress['terms'][number], 'indicator' | 'measure' | 'steps'>): { done: number; marks: number[] } {
  const measure = Math.max(0, term.measure)
  const end = Math.max(...term.steps, 1)
  const most = Math.max(end, Math.min(measure, end * 1.2))
  return { done: Math.min(100, (measure / most) * 100), marks: term.steps.map((step) => (step / most) * 100) }
}

export interface StepText {
  reach: string
  value: string
}

/** The steps as they were typed: amounts in yuan and per cent, or cases and yuan for each; null where one is no number. */
export function stepsOf(indicator: 'amount' | 'quantity', steps: readonly StepText[]): { reach: number; value: number }[] | null {
  const read = steps.map(({ reach, value }) => {
    const [from, gives] = [parseFen(reach), parseFen(value)]
    if (from === null || gives === null) return null
    // "2.5" per cent are 250 hundredths of one, as 2.50 yuan are 250 fen; cases are whole
    return indicator === 'quantity' ? (from % 100 ? null : { reach: from / 100, value: gives }) : { reach: from, value: gives }
  })
  return read.every((step) => step !== null) ? (read as { reach: number; value: number }[]) : null
}
