import type { Schemas } from '@/api/types'
import { daysUntil } from '@shared/time'

export type Authority = Schemas['AuthorityOut']
export type Conflict = Schemas['Conflict']
export type CoverageRow = Schemas['CoverageRow']
export type State = CoverageRow['state']

export const EVERYTHING = '全部品类'

export const STANDINGS: Record<Authority['standing'], { name: string; tag: string }> = {
  current: { name: '生效中', tag: 'tag-done' },
  future: { name: '未开始', tag: 'tag-go' },
  ended: { name: '已到期', tag: 'tag-idle' },
  revoked: { name: '已收回', tag: 'tag-stop' },
}

export const STATES: Record<State, string> = { exclusive: '独家', open: '一家', several: '多家', white: '空白' }

/** "2026-01-01 起", "2026-01-01 至 2026-12-31". */
export function period(one: { from_on: string; until_on?: string | null }): string {
  return one.until_on ? `${one.from_on} 至 ${one.until_on}` : `${one.from_on} 起`
}

/** How soon an authority ends, where that is within thirty days: "今天到期", "21 天后到期". */
export function endsSoon(one: Authority): string {
  if (one.standing !== 'current' || !one.until_on) return ''
  const days = daysUntil(one.until_on)
  if (days < 0 || days > 30) return ''
  return days === 0 ? '今天到期' : `${days} 天后到期`
}

/** What of a region is covered, in percent; nothing is 0 and only all is 100. */
export function share(row: Pick<CoverageRow, 'leaves' | 'white'>): number {
  const covered = row.leaves - row.white
  if (covered === 0 || covered === row.leaves) return covered ? 100 : 0
  return Math.min(99, Math.max(1, Math.round((covered / row.leaves) * 100)))
}

/** Why something cannot be granted, in a sentence without the other's name. */
export function why(conflict: Conflict): string {
  const where = `${conflict.region_name}·${conflict.category_name}`
  if (conflict.kind === 'twice') return `已有 ${where} 的授权（${period(conflict)}）`
  if (conflict.kind === 'outside') return `${conflict.dealer?.name ?? ''} 的 ${where} 超出了上级的授权范围，上级：`
  return `${where}（${period(conflict)}）已${conflict.exclusive ? '独家' : ''}授权给`
}

/** What an authority is granted for, and what can be changed of it later. */
export interface Terms {
  from_on: string
  until_on: string | null
  exclusive: boolean
  note: string
}
