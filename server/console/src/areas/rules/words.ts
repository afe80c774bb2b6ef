import { onMounted, ref } from 'vue'
import { answer, api } from '@/api/client'
import type { Schemas } from '@/api/types'
import { priceGroup } from '@shared/price-group'
import { yuan } from '@shared/money'

export type Audience = Schemas['Audience']
export type MinimumRule = Schemas['MinimumRule']
export type GoodsRule = Schemas['NamedGoodsRule']
export type CalendarRule = Schemas['CalendarRule']
export type SpecialDay = Schemas['SpecialDay']
export type Kind = 'minimums' | 'goods' | 'calendars'

export const WEEKDAYS = ['一', '二', '三', '四', '五', '六', '日'] as const
export const AUDIENCES: Record<Audience['kind'], string> = { all: '所有客户', grade: '按等级', group: '按价格组', region: '按区域', buyer: '指定客户' }

/** The names of divisions, as far as they have been asked for. */
const regions = ref<Record<string, string>>({})

/** Whom a rule is for, in words. */
export function spoken(audience: Audience): string {
  if (audience.kind === 'all') return '所有客户'
  if (audience.kind === 'buyer') return audience.key || `客户 #${audience.buyer_id}`
  if (audience.kind === 'region') return regions.value[audience.key ?? ''] ?? `区域 ${audience.key}`
  return audience.kind === 'grade' ? `等级 ${audience.key}` : `价格组 ${priceGroup(audience.key ?? '')}`
}

/** Learns the names of these divisions. */
export async function learnRegions(codes: string[]): Promise<void> {
  const unknown = [...new Set(codes)].filter((code) => code && !(code in regions.value))
  const found = await Promise.all(unknown.map((code) => answer(api.GET('/api/v1/regions/search', { params: { query: { q: code } } })).catch(() => null)))
  for (const [index, code] of unknown.entries()) {
    const region = found[index]?.items.find((item) => item.code === code)
    if (region) regions.value = { ...regions.value, [code]: region.full_name || region.name }
  }
}

export function minimumSays(rule: MinimumRule): string {
  return `满 ${yuan(rule.min_fen)} 起送`
}

export function goodsSays(rule: GoodsRule): string {
  const parts = []
  if (rule.min_qty) parts.push(`至少 ${rule.min_qty}`)
  if (rule.multiple) parts.push(`${rule.multiple} 的倍数`)
  if (rule.whole_cases) parts.push('整箱')
  return parts.join('，')
}

export function targetOf(rule: GoodsRule): string {
  if (rule.product_id) return rule.target_name || `商品 #${rule.product_id}`
  if (rule.category_id) return `分类 ${rule.target_name || rule.category_id}`
  return '所有商品'
}

export function calendarSays(rule: CalendarRule): string {
  const days = rule.weekdays.length === 7 ? '每天' : `周${[...rule.weekdays].sort().map((day) => WEEKDAYS[day - 1]).join('、')}`
  const lead = rule.lead_days ? `备货 ${rule.lead_days} 天` : '当天可送'
  return `${days}送货 · ${rule.cut_off ? `${rule.cut_off} 截单` : '不截单'} · ${lead}`
}

/** A category's name and a product's are asked for once the page is there. */
export function useCategories() {
  const items = ref<Schemas['CategoryOut'][]>([])
  onMounted(async () => {
    items.value = await answer(api.GET('/api/v1/catalog/categories')).then((found) => found.items, () => [])
  })
  return items
}
