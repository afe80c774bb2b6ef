import { answer, api } from '@/api/client'

/** A division of GB/T 2260 with those right below it. */
export interface RegionNode {
  code: string
  name: string
  parent: string
  children: RegionNode[]
}

/** All divisions: the country with everything in it, and each by its code. */
export interface RegionTree {
  country: RegionNode
  byCode: Map<string, RegionNode>
}

export const COUNTRY = '000000'

let asked: Promise<RegionTree> | null = null

/** The divisions, asked for once; the browser keeps them and asks only whether they changed. */
export function regionTree(): Promise<RegionTree> {
  asked ??= read().catch((error: unknown) => {
    asked = null
    throw error
  })
  return asked
}

async function read(): Promise<RegionTree> {
  const { items } = await answer(api.GET('/api/v1/regions'))
  return grown(items as unknown as [string, string, string][])
}

/** Entries, each after the one it lies in, as a tree. */
export function grown(entries: readonly (readonly [code: string, name: string, parent: string])[]): RegionTree {
  const country: RegionNode = { code: COUNTRY, name: '全国', parent: '', children: [] }
  const byCode = new Map([[COUNTRY, country]])
  for (const [code, name, parent] of entries) {
    const node: RegionNode = { code, name, parent, children: [] }
    byCode.set(code, node)
    byCode.get(parent)?.children.push(node)
  }
  return { country, byCode }
}

/** A division's codes from the province down to itself. */
export function wayTo(tree: RegionTree, code: string): string[] {
  const way: string[] = []
  for (let node = tree.byCode.get(code); node && node.code !== COUNTRY; node = tree.byCode.get(node.parent)) way.unshift(node.code)
  return way
}

/** "浙江省杭州市西湖区"; of a code that is no division any more, the code. */
export function fullName(tree: RegionTree, code: string): string {
  if (code === COUNTRY) return tree.country.name
  return wayTo(tree, code).map((step) => tree.byCode.get(step)!.name).join('') || code
}

/** These without those that lie in another of them. */
export function outermost(tree: RegionTree, codes: readonly string[]): string[] {
  const chosen = new Set(codes)
  return codes.filter((code) => code === COUNTRY || (!chosen.has(COUNTRY) && !wayTo(tree, code).slice(0, -1).some((step) => chosen.has(step))))
}
