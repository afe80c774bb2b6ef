import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'

hear('stocktake')
hear('scan_session')

export default defineArea({
  menu: [{ group: '库存', title: '盘点', to: '/stocktakes', icon: 'check', order: 40, permission: 'stock.read', keywords: 'pandian pd 盘库 盘盈 盘亏 差异 stocktake' }],
  routes: [{ path: 'stocktakes', name: 'stocktakes', component: () => import('./StocktakesPage.vue'), meta: { permission: 'stock.read', title: '盘点' } }],
  audit: {
    subjects: { stocktake: '盘点单', stocktake_plan: '盘点计划', stocktake_setting: '盘点审批额度' },
    verbs: {
      plan: '建立盘点', start: '开始盘点', count: '填写数量', close_count: '结束点数', settle: '处理差异', recount: '安排复盘', 'stocktake.submit': '提交差异',
      adjust: '调整库存', add_plan: '新建盘点计划', end_plan: '停用盘点计划',
    },
    fields: {
      scope: '盘点范围', blind: '盲盘', counter_ids: '盘点人编号', planned_on: '计划日期', warehouse_id: '仓库编号', product_ids: '商品编号', entries: '数量明细', gain_fen: '盘盈金额',
      loss_fen: '盘亏金额', choice: '处理方式', line_nos: '行号', products: '商品数', every: '周期', next_on: '下次日期', again_of: '重新盘的单号', finish: '一并结束点数', lot_id: '批次编号',
    },
    page: { stocktake: (id) => `/stocktakes?open=${id}` },
    values: {
      scope: { all: '全仓', category: '分类', list: '指定商品' }, every: { week: '每周', month: '每月', quarter: '每季度' },
      choice: { zero: '确认为零', leave: '保持不变', adjust: '照常调整' },
    },
  },
})
