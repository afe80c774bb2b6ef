/** The colour family of a state; palette.css has each. */
export type Tone = 'wait' | 'go' | 'move' | 'done' | 'stop' | 'idle'

const TONES = {
  submitted: 'wait',
  on_hold: 'wait',
  approved: 'go',
  issued: 'move',
  received: 'done',
  closed: 'idle',
  rejected: 'stop',
  cancelled: 'idle',
} as const satisfies Record<string, Tone>

/** The states of an order, as the server names them: its own type has to fit, or neither front end builds. */
export type OrderState = keyof typeof TONES

/** The colour family in which a state is shown. */
export function toneOf(state: OrderState): Tone {
  return TONES[state]
}

/** The stages that every order goes through, for the progress bar. */
export const STAGES = ['submitted', 'approved', 'issued', 'received'] as const

/** How many stages are behind the order; null when it left the way (rejected, cancelled). */
export function stagesDone(state: OrderState): number | null {
  switch (state) {
    case 'submitted':
    case 'on_hold':
      return 1
    case 'approved':
      return 2
    case 'issued':
      return 3
    case 'received':
    case 'closed':
      return 4
    default:
      return null
  }
}
