import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [{ group: '渠道', title: '客户', to: '/customers', icon: 'customer', order: 50, permission: 'channel.read', keywords: 'kehu kh 标签 分群 进货' }],
  routes: [{ path: 'customers', name: 'customers', component: () => import('./CustomersPage.vue'), meta: { permission: 'channel.read' } }],
})
