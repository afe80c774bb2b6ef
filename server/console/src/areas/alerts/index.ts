import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '库存', title: '库存预警', to: '/alerts', icon: 'warn', order: 20, permission: 'stock.read', keywords: 'kucunyujing kcyj 低库存 高库存 临期 补货' },
    { group: '规则', title: '预警规则', to: '/alert-rules', icon: 'bell', order: 40, permission: 'alert.manage', keywords: 'yujingguize yjgz 阈值 上下限 可用天数' },
  ],
  routes: [
    { path: 'alerts', name: 'alerts', component: () => import('./AlertsPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'alert-rules', name: 'alert-rules', component: () => import('./RulesPage.vue'), meta: { permission: 'alert.manage' } },
  ],
  home: [{ order: 40, permission: 'stock.read', component: () => import('./HomeAlerts.vue') }],
  audit: {
    subjects: { alert: '库存预警', alert_digest: '库存预警' },
    verbs: { set_alert_rules: '设置库存预警规则', snooze: '稍后提醒', hand_over: '转交', remind: '提醒', 'alert.order': '按预警下单' },
    fields: { product: '商品', until: '到', to: '转给', org: '组织', audience: '对象', days: '天数', added: '新增', removed: '去掉' },
    values: { audience: { own: '自己', dealer: '经销商默认', store: '门店默认' } },
    page: { alert: (id) => `/alerts?open=${id}`, alert_digest: () => '/alerts' },
  },
})
