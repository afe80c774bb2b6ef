import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'

hear('return')

export default defineArea({
  menu: [
    { group: '库存', title: '退货', to: '/returns', icon: 'back', order: 40, permission: 'stock.read', keywords: 'tuihuo th 破损 过期 召回 隔离 冲减' },
  ],
  audit: {
    subjects: { return: '退货单', quarantine: '隔离处理单' },
    verbs: { 'return.ask': '申请退货', release: '隔离放行', write_off: '隔离报损' },
    fields: {
      seller_id: '供货方编号', lot_id: '批次编号', photo_ids: '照片编号', credited_fen: '冲减金额',
    },
    page: { return: (id) => `/returns?open=${id}` },
    values: {
      reason: { damaged: '破损', expired: '过期', recalled: '召回', wrong: '错货' },
      kind: { return: '退货单' },
    },
  },
  routes: [{ path: 'returns', name: 'returns', component: () => import('./ReturnsPage.vue'), meta: { permission: 'stock.read', title: '退货' } }],
})
