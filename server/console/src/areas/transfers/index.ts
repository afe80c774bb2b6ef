import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'

hear('transfer')

export default defineArea({
  menu: [
    { group: '库存', title: '调拨', to: '/transfers', icon: 'exchange', order: 40, permission: 'stock.read', keywords: 'diaobo db 调拨单 调货' },
    { group: '库存', title: '调拨建议', to: '/transfers/suggestions', icon: 'steps', order: 41, permission: 'transfer.propose', keywords: 'diaobojianyi dbjy 缺货 过多' },
  ],
  routes: [
    { path: 'transfers', name: 'transfers', component: () => import('./TransfersPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'transfers/suggestions', name: 'transfer-suggestions', component: () => import('./SuggestionsPage.vue'), meta: { permission: 'transfer.propose' } },
    { path: 'transfers/:id(\\d+)', name: 'transfer', component: () => import('./TransferPage.vue'), meta: { title: '调拨单', permission: 'stock.read', menu: '/transfers' } },
  ],
  audit: { page: { transfer: (id) => `/transfers/${id}` } },
})
