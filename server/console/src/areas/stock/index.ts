import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '库存', title: '库存余额', to: '/stock', icon: 'stock', order: 10, permission: 'stock.read', keywords: 'kucunyue kcye 库存 批次 到期 仓库' },
    { group: '库存', title: '库存流水', to: '/stock/moves', icon: 'exchange', order: 20, permission: 'stock.read', keywords: 'kucunliushui kcls 出入库 明细 单据' },
    { group: '库存', title: '历史库存', to: '/stock/past', icon: 'audit', order: 30, permission: 'stock.read', keywords: 'lishikucun lskc 某一天 时点 对比' },
    { group: '库存', title: '临期', to: '/stock/expiring', icon: 'warn', order: 40, permission: 'stock.read', keywords: 'linqi lq 过期 效期 保质期' },
    { group: '库存', title: '周转', to: '/stock/turnover', icon: 'refresh', order: 50, permission: 'stock.read', keywords: 'zhouzhuan zz 可用天数 积压 断货 货值' },
    { group: '库存', title: '动销', to: '/stock/sales', icon: 'chart', order: 60, permission: 'stock.read', keywords: 'dongxiao dx 销售 零售 门店' },
    { group: '库存', title: '扫码记录', to: '/stock/scans', icon: 'qr', order: 80, permission: 'stock.read', keywords: 'saomajilu smjl 扫码单 条码 入库 出库 盘点' },
    { group: '库存', title: '仓库', to: '/stock/warehouses', icon: 'settings', order: 90, permission: 'stock.read', keywords: 'cangku ck 发货仓 隔离区' },
  ],
  audit: {
    subjects: { scan_session: '扫码单', warehouse: '仓库', stock_setting: '库存设置' },
    verbs: { make_default: '设为默认仓库', 'warehouse.close': '停用仓库', open: '开始扫码', resolve: '认出条码', drop: '不计条码', say_lot: '补填批次', set_freshness: '设置临期天数', sell: '登记销售流水', finish: '完成扫码', 'scan_session.cancel': '作废扫码单' },
    fields: { soon_days: '临期天数', sales: '销售笔数', number: '单号', before: '原来的', keeps_lots: '分批次管理', warehouse_id: '仓库编号', produced_on: '生产日期', packaging_id: '包装编号', count: '件数', was_lot_code: '原批次', was_expires_on: '原到期日' },
    values: { kind: { in: '入库', out: '出库', sale: '销售', count: '盘点' } },
  },
  routes: [
    { path: 'stock', name: 'stock', component: () => import('./BalancesPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/moves', name: 'stock-moves', component: () => import('./MovesPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/past', name: 'stock-past', component: () => import('./PastPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/expiring', name: 'stock-expiring', component: () => import('./ExpiringPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/turnover', name: 'stock-turnover', component: () => import('./TurnoverPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/sales', name: 'stock-sales', component: () => import('./SalesPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/scans', name: 'stock-scans', component: () => import('./ScansPage.vue'), meta: { permission: 'stock.read' } },
    { path: 'stock/warehouses', name: 'stock-warehouses', component: () => import('./WarehousesPage.vue'), meta: { permission: 'stock.read' } },
  ],
})
