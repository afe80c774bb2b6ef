import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'

hear('diversion')

export default defineArea({
  menu: [
    { group: '追溯', title: '窜货', to: '/diversions', icon: 'warn', order: 50, permission: 'diversion.read', keywords: 'cuanhuo ch 跨区 diversion' },
    { group: '追溯', title: '追溯查询', to: '/trace', icon: 'search', order: 60, permission: 'trace.scan', keywords: 'zhuisuchaxun zscx 扫码 来路' },
    { group: '追溯', title: '追溯码', to: '/trace/codes', icon: 'qr', order: 61, permission: 'trace.manage', keywords: 'zhuisuma zsm 二维码 标签 打印' },
    { group: '追溯', title: '召回', to: '/recalls', icon: 'bell', order: 62, permission: 'recall.manage', keywords: 'zhaohui zh 批次 停用 recall' },
  ],
  routes: [
    { path: 'diversions', name: 'diversions', component: () => import('./DiversionsPage.vue'), meta: { permission: 'diversion.read' } },
    { path: 'trace', name: 'trace', component: () => import('./TracePage.vue'), meta: { permission: 'trace.scan' } },
    { path: 'trace/codes', name: 'trace-codes', component: () => import('./CodesPage.vue'), meta: { permission: 'trace.manage' } },
    { path: 'recalls', name: 'recalls', component: () => import('./RecallsPage.vue'), meta: { permission: 'stock.read', title: '召回' } },
    { path: 'recalls/:id(\\d+)', name: 'recall', component: () => import('./RecallPage.vue'), meta: { title: '召回', permission: 'stock.read', menu: '/recalls' } },
    { path: 'diversions/:id(\\d+)', name: 'diversion', component: () => import('./DiversionPage.vue'), meta: { title: '窜货单', permission: 'diversion.read', menu: '/diversions' } },
  ],
  home: [{ order: 30, permission: 'diversion.handle', component: () => import('./HomeDiversions.vue') }],
  audit: {
    subjects: { trace_range: '追溯码', trace_pallet: '托盘', diversion: '窜货单', recall: '召回' },
    verbs: {
      'trace_range.make': '生成追溯码', 'trace_pallet.pack': '装托盘', bind_codes: '登记追溯码', unbind_codes: '撤回追溯码', 'diversion.open': '发现窜货', 'diversion.scan': '消费者反馈', 'diversion.take': '受理', 'diversion.ask': '请经销商说明', 'diversion.state': '说明情况', 'diversion.decide': '判定', 'recall.start': '发起召回', 'recall.tell': '补充通知', 'recall.read': '已读', 'recall.answer': '回复', 'recall.end': '结束召回',
    },
    fields: {
      state: '状态', scheme: '码制', product: '商品', first: '首码', sscc: '托盘号', cases: '件数', dealer_id: '经销商编号', region: '区划', taken_by: '受理人', verdict: '判定', consequence: '处理', penalty_fen: '罚款', weight: '考核计数', decided_by: '判定人', statement: '经销商说明', question: '询问', statement_photo_ids: '说明照片', stated_by: '说明人', lot: '批次', holders: '涉及客户数', set_aside: '封存数量', outcome: '结果', sell_again: '恢复销售', by: '来源',
    },
    page: { diversion: (id) => `/diversions/${id}`, recall: (id) => `/recalls/${id}`, trace_range: (id) => `/trace/codes?open=${id}` },
    values: {
      scheme: { url: '自有码', gs1: 'GS1 序列号', sscc: 'SSCC' },
      state: { open: '待受理', taken: '处理中', decided: '已判定' },
      verdict: { confirmed: '确认窜货', not_diversion: '不是窜货', explained: '情况属实，予以说明' },
      consequence: { none: '不处理', warning: '警告', penalty: '罚款', policy_stop: '停止享受政策' },
    },
  },
})
