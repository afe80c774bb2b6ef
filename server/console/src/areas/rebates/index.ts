import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'

hear('rebate')

export default defineArea({
  menu: [{ group: '商品与价格', title: '返利', to: '/rebates', icon: 'money', order: 70, permission: 'rebate.read', keywords: 'fanli fl 返点 年返 季返 达标 返利余额 rebate' }],
  routes: [
    { path: 'rebates', name: 'rebates', component: () => import('./RebatesPage.vue'), meta: { permission: 'rebate.read', title: '返利' } },
    { path: 'rebates/:id(\\d+)', redirect: (to) => ({ path: '/rebates', query: { open: String(to.params.id) } }) },
  ],
  audit: {
    subjects: { rebate: '返利协议', rebate_use: '返利抵扣' },
    verbs: {
      make: '签订返利协议', 'rebate.submit': '提交审批', 'rebate.settle': '结算返利', correct: '更正返利', confirm: '确认结算', use: '抵扣货款', end: '提前结束',
      'rebate.withdraw': '撤回',
    },
    fields: {
      audience: '适用客户', terms: '条款', period_no: '第几期', fen: '金额',
    },
    page: { rebate: (id) => `/rebates?open=${id}` },
    values: {
      audience: { all: '所有客户', grade: '按等级', group: '按价格组', region: '按区域', list: '指定客户' },
    },
  },
})
