import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '渠道', title: '门店', to: '/stores', icon: 'store', order: 30, permission: 'channel.read', keywords: 'mendian md 终端' },
    { group: '渠道', title: '门店地图', to: '/stores/map', icon: 'pin', order: 40, permission: 'channel.read', keywords: 'mendianditu mddt 分布' },
  ],
  routes: [
    { path: 'stores', name: 'stores', component: () => import('./StoresPage.vue'), meta: { permission: 'channel.read' } },
    { path: 'stores/map', name: 'store-map', component: () => import('./MapPage.vue'), meta: { permission: 'channel.read' } },
    { path: 'stores/:id(\\d+)', name: 'store', component: () => import('../dealers/OrgPage.vue'), meta: { permission: 'channel.read', menu: '/stores' } },
  ],
})
