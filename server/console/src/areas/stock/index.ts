import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '库存', title: '库存余额', to: '/stock', icon: 'stock', order: 10, permission: 'stock.read', keywords: 'kucunyue kcye 库存 批次 到期 临期 仓库' },
  ],
  audit: {
    subjects: { scan_session: '扫码单', warehouse: '仓库', stock_setting: '库存设置' },
    verbs: { make_default: '设为默认仓库', 'warehouse.close': '停用仓库', open: '开始扫码', resolve: '认出条码', drop: '不计条码', say_lot: '补填批次', set_freshness: '设置临期天数', sell: '登记销售流水', finish: '完成扫码', 'scan_session.cancel': '作废扫码单' },
    fields: { soon_days: '临期天数', sales: '销售笔数', number: '单号', before: '原来的', keeps_lots: '分批次管理', warehouse_id: '仓库编号', produced_on: '生产日期', packaging_id: '包装编号', count: '件数', was_lot_code: '原批次', was_expires_on: '原到期日' },
    values: { kind: { in: '入库', out: '出库', sale: '销售', count: '盘点' } },
  },
  routes: [{ path: 'stock', name: 'stock', component: () => import('./BalancesPage.vue'), meta: { permission: 'stock.read' } }],
})
