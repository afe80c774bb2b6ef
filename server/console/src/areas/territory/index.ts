import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '渠道', title: '区域授权', to: '/territory', icon: 'shield', order: 40, permission: 'territory.read', keywords: 'quyushouquan qysq 独家 territory' },
    { group: '渠道', title: '区域覆盖', to: '/territory/coverage', icon: 'map', order: 41, permission: 'territory.coverage', keywords: 'quyufugai qyfg 空白 地图 coverage' },
  ],
  routes: [
    { path: 'territory', name: 'territory', component: () => import('./AuthorityPage.vue'), meta: { permission: 'territory.read', title: '区域授权' } },
    { path: 'territory/coverage', name: 'territory-coverage', component: () => import('./CoveragePage.vue'), meta: { permission: 'territory.coverage', title: '区域覆盖' } },
  ],
  audit: {
    verbs: { grant_authority: '区域授权', change_authority: '修改授权', revoke_authority: '收回授权' },
    fields: { regions: '区域', categories: '品类', region: '区域', category: '品类', exclusive: '独家', authorities: '授权', from_on: '开始日期', until_on: '结束日期' },
  },
})
