import { ref } from 'vue'
import { answer, api } from '@/api/client'
import type { Region } from '@/patterns/RegionPicker.vue'

type Entry = [code: string, name: string, parent: string]

const names = ref<Map<string, Entry> | null>(null)
let asking: Promise<Map<string, Entry>> | null = null

async function load(): Promise<Map<string, Entry>> {
  const tree = await answer(api.GET('/api/v1/regions'))
  const found = new Map((tree.items as unknown as Entry[]).map((entry) => [entry[0], entry]))
  names.value = found
  return found
}

function all(): Promise<Map<string, Entry>> {
  return (asking ??= load().catch((error: unknown) => {
    asking = null
    throw error
  }))
}

/** The divisions right below one, for RegionPicker. */
export async function childrenOf(code: string | null): Promise<Region[]> {
  const tree = [...(await all()).values()]
  const parents = new Set(tree.map((entry) => entry[2]))
  return tree
    .filter((entry) => entry[2] === (code ?? '000000'))
    .map(([own, name]) => ({ code: own, name, leaf: !parents.has(own) }))
}

/** "湖南 长沙市 芙蓉区" for a code; the code itself until the names are there, or where it has none. */
export function regionName(code: string): string {
  if (!code) return ''
  void all().catch(() => undefined)
  const steps = [`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code]
  const way = steps.filter((step, index) => steps.indexOf(step) === index).map((step) => names.value?.get(step)?.[1])
  return way.filter(Boolean).join(' ') || code
}
