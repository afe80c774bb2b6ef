import { api } from '@/api/client'
import { messageOf } from '@shared/problem'
import { tell } from '@/composables/useAction'
import { useSession } from '@/state/session'

/** Pages that show a document, by its kind. */
const PAGES: Record<string, string> = { scan_session: '/pages/scan/detail?id=', transfer: '/pages/transfer/detail?id=' }

/** Whether a document behind a move, or of a way, can be opened here. */
export function opens(kind: string, id: number): boolean {
  return id > 0 && (kind === 'goods_issue' || kind in PAGES)
}

/** Opens it; a goods issue by the order that it belongs to. */
export async function openDocument(kind: string, id: number): Promise<void> {
  if (!opens(kind, id)) return
  const page = PAGES[kind]
  if (page) {
    uni.navigateTo({ url: `${page}${id}` })
    return
  }
  if (!useSession().can('order.read')) return
  try {
    const issue = await api.get('/api/v1/goods-issues/{issue_id}', { path: { issue_id: id } })
    uni.navigateTo({ url: `/pages/order/detail?id=${issue.order_id}` })
  } catch (problem) {
    tell(messageOf(problem))
  }
}
