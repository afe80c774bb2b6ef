import { reactive, ref } from 'vue'
import { answer, api } from '@/api/client'
import { messageOf } from '@shared/problem'
import type { Branch } from './archive'

/** A branch of the tree as the page holds it: what is below it is read when it is opened. */
export interface Node extends Branch {
  open: boolean
  loading: boolean
  children: Node[] | null
  cursor: string | null
}

export interface Tree {
  roots: Node[]
  problem: string
  /** The org that was looked for. */
  found: number | null
  load: () => Promise<void>
  toggle: (node: Node) => Promise<void>
  more: (node: Node) => Promise<void>
  /** Opens the way down to an org and lights it. */
  reveal: (id: number) => Promise<void>
}

function nodeOf(branch: Branch): Node {
  return reactive({ ...branch, open: false, loading: false, children: null, cursor: null })
}

function read(parentId?: number, cursor?: string | null) {
  return answer(api.GET('/api/v1/tree', { params: { query: { parent_id: parentId, cursor: cursor ?? undefined, limit: 100 } } }))
}

/** The tree of the own scope; what was open stays open when it is read anew. */
export function useTree(): Tree {
  const roots = ref<Node[]>([])
  const problem = ref('')
  const found = ref<number | null>(null)

  async function attempt(work: () => Promise<void>): Promise<void> {
    problem.value = ''
    try {
      await work()
    } catch (error) {
      problem.value = messageOf(error)
    }
  }

  async function fill(node: Node): Promise<void> {
    node.loading = true
    try {
      const page = await read(node.id)
      node.children = page.items.map(nodeOf)
      node.cursor = page.next_cursor ?? null
      node.open = true
    } finally {
      node.loading = false
    }
  }

  function opened(nodes: Node[], into: Set<number> = new Set()): Set<number> {
    for (const node of nodes) {
      if (node.open) into.add(node.id)
      opened(node.children ?? [], into)
    }
    return into
  }

  async function reopen(nodes: Node[], wanted: Set<number>): Promise<void> {
    for (const node of nodes.filter((one) => wanted.has(one.id))) {
      await fill(node)
      await reopen(node.children ?? [], wanted)
    }
  }

  function load(): Promise<void> {
    return attempt(async () => {
      const before = opened(roots.value)
      const fresh = (await read()).items.map(nodeOf)
      await reopen(fresh, before.size ? before : new Set(fresh.slice(0, 1).map((node) => node.id)))
      roots.value = fresh
    })
  }

  function toggle(node: Node): Promise<void> {
    return attempt(async () => {
      if (node.open) node.open = false
      else if (node.children) node.open = true
      else await fill(node)
    })
  }

  function more(node: Node): Promise<void> {
    return attempt(async () => {
      if (!node.cursor || node.loading) return
      node.loading = true
      try {
        const page = await read(node.id, node.cursor)
        node.children = [...(node.children ?? []), ...page.items.map(nodeOf)]
        node.cursor = page.next_cursor ?? null
      } finally {
        node.loading = false
      }
    })
  }

  function reveal(id: number): Promise<void> {
    return attempt(async () => {
      const way = (await answer(api.GET('/api/v1/orgs/{org_id}/above', { params: { path: { org_id: id } } }))).items.map((one) => one.id)
      let level = roots.value
      for (const step of way) {
        const node = level.find((one) => one.id === step)
        if (!node) break
        if (step !== id) {
          if (!node.children) await fill(node)
          node.open = true
          const next = way[way.indexOf(step) + 1]
          while (node.cursor && !node.children!.some((one) => one.id === next)) await more(node)
        }
        level = node.children ?? []
      }
      found.value = id
      requestAnimationFrame(() => document.querySelector(`[data-node="${id}"]`)?.scrollIntoView({ block: 'center' }))
    })
  }

  void load()
  return reactive({ roots, problem, found, load, toggle, more, reveal }) as Tree
}
