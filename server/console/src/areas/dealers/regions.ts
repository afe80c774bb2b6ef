import { shallowRef } from 'vue'
import { fullName, regionTree, type RegionTree } from '@/patterns/regions'

const tree = shallowRef<RegionTree | null>(null)
let asked = false

/** "浙江省杭州市西湖区" for a code, for cells of lists; the code itself until the names are there. */
export function regionName(code: string): string {
  if (!code) return ''
  if (!asked) {
    asked = true
    void regionTree().then((found) => (tree.value = found), () => (asked = false))
  }
  return tree.value ? fullName(tree.value, code) : code
}
