import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [{ group: '工作台', title: '首页', to: '/', icon: 'home', order: 10, keywords: 'shouye sy home' }],
  routes: [{ path: '', name: 'home', component: () => import('./HomePage.vue') }],
  home: [{ order: 90, component: () => import('./HomeNotices.vue') }],
})
