import { answer, api } from '@/api/client'
import { yuan } from '@shared/money'
import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'
import { followCounts, useCounts } from './counts'
import { t } from './texts'

hear('orders')
const counts = useCounts()
// After the session is restored, which the modules of the start do before any timer runs.
setTimeout(followCounts)

export default defineArea({
  menu: [
    { group: '订单', title: t.sales, to: '/orders', icon: 'orders', order: 10, permission: 'order.read', count: () => counts.sales.submitted ?? 0, keywords: 'caigoudingdan cgdd 审核 待审核' },
    { group: '订单', title: t.all, to: '/orders/all', icon: 'allOrders', order: 20, permission: 'order.read', keywords: 'quanbudingdan qbdd 渠道订单 门店订单' },
    { group: '订单', title: t.issues, to: '/issues', icon: 'issue', order: 30, permission: 'order.read', keywords: 'chukudan ckd 发货 签收 物流' },
    { group: '订单', title: t.approvals.title, to: '/approvals', icon: 'approve', order: 40, permission: 'order.approve', keywords: 'shenpi sp 复审' },
  ],
  routes: [
    { path: 'orders', name: 'orders', component: () => import('./OrdersPage.vue'), props: { side: 'sales' } },
    { path: 'orders/all', name: 'orders-all', component: () => import('./OrdersPage.vue'), props: { side: 'all' } },
    { path: 'orders/:id(\\d+)', name: 'order', component: () => import('./OrderPage.vue'), meta: { title: t.order, permission: 'order.read', menu: '/orders' } },
    { path: 'issues', name: 'issues', component: () => import('./IssuesPage.vue') },
    { path: 'approvals', name: 'approvals', component: () => import('./ApprovalsPage.vue') },
  ],
  finders: [
    {
      title: t.order,
      icon: 'orders',
      permission: 'order.read',
      find: async (words, signal) => {
        const { items } = await answer(api.GET('/api/v1/orders', { params: { query: { side: 'all', q: words, limit: 5 } }, signal }))
        return items.map((order) => ({
          title: `${order.number} · ${order.buyer.name}`,
          note: `${t.states[order.state]} · ${yuan(order.total_fen)}`,
          to: `/orders/${order.id}`,
        }))
      },
    },
  ],
  home: [
    { order: 0, permission: 'order.read', component: () => import('./HomeStates.vue') },
    { order: 10, permission: 'order.approve', component: () => import('./HomeApprovals.vue') },
    { order: 20, permission: 'order.issue', component: () => import('./HomeToIssue.vue') },
  ],
  audit: {
    subjects: { order: t.order, goods_issue: t.issues },
    verbs: {
      submit: '提交', approve: '审核通过', first_approve: '初审通过', reject: '驳回', cancel: '取消', issue: '出库', receive: '签收', close: '完结', hold: '挂起', resume: '恢复',
      back_order: '欠货转单',
    },
    fields: { total_fen: '订单金额', approved_fen: '审核金额', issue_id: '出库单编号', receipt_id: '签收单编号', credit_fen: '冲减金额', rest: '未通过的数量', override_credit: '超额放行', back_order_of: '原订单编号' },
    values: { rest: { drop: '不再供应', back_order: '有货后补发' } },
    page: { order: (id) => `/orders/${id}` },
  },
})
