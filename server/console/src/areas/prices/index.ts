import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '商品与价格', title: '价格表', to: '/prices', icon: 'price', order: 40, permission: 'price.manage', keywords: 'jiagebiao jgb price 价格组' },
    { group: '商品与价格', title: '价格日程', to: '/price-plans', icon: 'calendar', order: 50, permission: 'price.manage', keywords: 'jiagericheng jgrc 未来价格 临时价 变价' },
    { group: '商品与价格', title: '特价申请', to: '/price-exceptions', icon: 'approve', order: 55, permission: ['order.approve', 'price.manage'], keywords: 'tejiashenqing tjsq 超限价 审批 exception' },
    { group: '商品与价格', title: '指导价', to: '/guide-prices', icon: 'guide', order: 60, permission: 'price.guide', keywords: 'zhidaojia zdj guide 最低价 最高价' },
  ],
  routes: [
    { path: 'prices', name: 'prices', component: () => import('./PricesPage.vue'), meta: { title: '价格表', permission: 'price.manage' } },
    { path: 'price-plans', name: 'price-plans', component: () => import('./PlansPage.vue'), meta: { title: '价格日程', permission: 'price.manage' } },
    { path: 'price-exceptions', name: 'price-exceptions', component: () => import('./ExceptionsPage.vue'), meta: { title: '特价申请', permission: ['order.approve', 'price.manage'] } },
    { path: 'guide-prices', name: 'guide-prices', component: () => import('./GuidesPage.vue'), meta: { title: '指导价', permission: 'price.guide' } },
  ],
  audit: {
    subjects: { price_exception: '特价申请' },
    verbs: {
      ask_price_exception: '申请特价', 'price_exception.withdraw': '撤回', 'price_exception.approve': '通过', 'price_exception.reject': '驳回', pass_on: '通过，转下一步',
      set_prices: '设置价格', end_prices: '结束价格', copy_prices: '复制价格表', set_price_authority: '设置定价权',
      set_guide_prices: '设置指导价', end_guide_prices: '结束指导价',
    },
    fields: {
      sets_prices: '自己定价', from_group: '来源价格组', to_group: '目标价格组', from_buyer_id: '来源客户编号', to_buyer_id: '目标客户编号', percent: '百分比（万分之）',
      step_fen: '取整', changed: '变动数', entries: '明细', ended: '明细', seller_id: '供货方编号', seen_fen: '原价', grade: '等级',
    },
    page: { price_exception: (id) => `/price-exceptions?open=${id}` },
    values: { sets_prices: { true: '是', false: '否' } },
  },
})
