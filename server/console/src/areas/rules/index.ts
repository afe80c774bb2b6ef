import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '规则', title: '下单规则', to: '/rules/orders', icon: 'rule', order: 10, permission: 'rule.manage', keywords: 'xiadanguize xdgz 起送 起订 倍数 整箱 送货日历 截单 节假日' },
    { group: '规则', title: '审批步骤', to: '/rules/approvals', icon: 'steps', order: 20, permission: 'rule.manage', keywords: 'shenpibuzhou spbz 复审 代理 升级 催办' },
  ],
  routes: [
    { path: 'rules/orders', name: 'order-rules', component: () => import('./OrderRulesPage.vue'), meta: { permission: 'rule.manage', title: '下单规则' } },
    { path: 'rules/approvals', name: 'approval-steps', component: () => import('./ApprovalPage.vue'), meta: { permission: 'rule.manage', title: '审批步骤' } },
  ],
  audit: {
    verbs: { set_order_rules: '设置下单规则', set_calendar_days: '设置休息日', set_approval_steps: '设置审批步骤' },
    fields: {
      removed: '删去', added: '新增', steps: '步骤', in_turn: '逐级审批', audience: '适用', min_fen: '起送金额', min_qty: '起订量', multiple: '倍数', whole_cases: '整箱',
      weekdays: '送货日', cut_off: '截单时间', lead_days: '备货天数', who: '处理人', reps_first: '先问业务员', over_credit: '超信用额度', first_order: '首单',
      below_guide_pct: '低于指导价', remind_hours: '催办小时', escalate_hours: '升级小时', escalate_to: '升级给',
    },
  },
})
