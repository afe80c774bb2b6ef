import { parsePrice } from '@shared/money'
import type { RuleSet } from '@/api/types'

/** What a dealer sets on the phone: for all his stores and all his goods. */
export interface Simple {
  /** In yuan, as typed; '' for none. */
  minimum: string
  cases: boolean
  /** 1 is Monday; none: every day. */
  days: number[]
  cutOff: string
  lead: number
}

type Body = Omit<RuleSet, 'days' | 'updated_by' | 'updated_at' | 'goods'> & { goods: Omit<RuleSet['goods'][number], 'target_name'>[] }

function isForAllGoods(rule: RuleSet['goods'][number]): boolean {
  return rule.audience.kind === 'all' && !rule.product_id && !rule.category_id && Boolean(rule.whole_cases) && !rule.min_qty
}

/** A rule as it is sent: names are the server's own. */
function unnamed(rule: RuleSet['goods'][number]): Body['goods'][number] {
  const sent = { ...rule }
  delete sent.target_name
  return sent
}

/** The part of the rules that the phone shows. */
export function forAll(rules: RuleSet): Simple {
  const minimum = rules.minimums.find((rule) => rule.audience.kind === 'all')
  const calendar = rules.calendars.find((rule) => rule.audience.kind === 'all')
  return {
    minimum: minimum ? String(minimum.min_fen / 100) : '',
    cases: rules.goods.some(isForAllGoods),
    days: calendar ? [...calendar.weekdays] : [],
    cutOff: calendar?.cut_off ?? '',
    lead: calendar?.lead_days ?? 0,
  }
}

/** All rules with this part in its place; without it, only the others. */
export function merged(rules: RuleSet, simple: Simple | null): Body {
  const all = { kind: 'all' as const }
  const minimums = rules.minimums.filter((rule) => rule.audience.kind !== 'all')
  const goods = rules.goods.filter((rule) => !isForAllGoods(rule)).map(unnamed)
  const calendars = rules.calendars.filter((rule) => rule.audience.kind !== 'all')
  const fen = simple ? parsePrice(simple.minimum) : null
  if (simple && fen) minimums.push({ audience: all, min_fen: fen })
  if (simple?.cases) goods.push({ audience: all, whole_cases: true })
  if (simple?.days.length) calendars.push({ audience: all, weekdays: simple.days, cut_off: simple.cutOff || null, lead_days: simple.lead })
  return { version: rules.version, minimums, goods, calendars }
}
