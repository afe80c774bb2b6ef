/** What the papers of an org are called (S1.1). */
export const PAPERS: Record<string, string> = {
  business_licence: '营业执照', food_licence: '食品经营许可证', alcohol_licence: '酒类经营许可证', authorization: '授权书', contract: '合同',
  other: '其他资质',
}

/** The name of a paper: what it says itself, or what its kind is called. */
export function paperName(paper: { kind: string; name: string }): string {
  return paper.name || PAPERS[paper.kind] || paper.kind
}

/** How far the end of a paper is, in words and as the class of a tag; null while it is far. */
export function ending(days: number | null): { words: string; tag: string } | null {
  if (days === null || days > 90) return null
  if (days < 0) return { words: `已过期 ${-days} 天`, tag: 'tag-stop' }
  if (days === 0) return { words: '今天到期', tag: 'tag-stop' }
  return { words: `${days} 天后到期`, tag: days <= 30 ? 'tag-wait' : '' }
}
