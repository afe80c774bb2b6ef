import { defineArea } from '@/shell/areas'
import { hear } from '@/live/live'
import { t } from './texts'

hear('outbox')

export default defineArea({
  menu: [
    { group: '系统', title: t.outbox.title, to: '/outbox', icon: 'outbox', order: 70, permission: 'outbox.read', keywords: 'tongzhiduilie tzdl 消息 发送失败 重发' },
    { group: '系统', title: t.audit.title, to: '/audit', icon: 'audit', order: 80, permission: 'audit.read', keywords: 'caozuojilu czjl audit 日志' },
  ],
  routes: [
    { path: 'outbox', name: 'outbox', component: () => import('./OutboxPage.vue'), meta: { permission: 'outbox.read' } },
    { path: 'audit', name: 'audit', component: () => import('./AuditPage.vue'), meta: { permission: 'audit.read' } },
  ],
  home: [{ order: 80, permission: 'outbox.read', component: () => import('./HomeOutbox.vue') }],
  audit: {
    subjects: {
      account: '账号', category: '分类', product: '商品', org: '组织', delivery_address: '收货地址', outbox: '通知', payment: '收款',
      location: '仓库', order: '订单', transfer: '调拨单',
    },
    verbs: {
      create: '新建', edit: '修改', freeze: '冻结', unfreeze: '解冻', save: '保存', remove: '删除', retry: '重新发送', set_prices: '设置价格',
      sign_in: '登录', sign_in_failed: '登录失败', sign_in_refused: '已停用，登录被拒', sign_out: '退出登录', end_session: '结束登录', change_password: '修改密码', set_password: '重置密码', bind_wechat: '绑定微信',
      add_substitute: '设置代理人', remove_substitute: '取消代理人', register_payment: '登记收款', set_credit_limit: '调整信用额度', set_rule: '设置审批规则',
      supply: '登记入库', demo_built: '写入演示数据', propose: '提出',
    },
    fields: {
      id: '编号', name: '名称', phone: '手机号', role: '角色', org_id: '组织编号', parent_id: '上级编号', kind: '类型', reason: '原因', status: '状态', client: '设备',
      session_id: '登录编号', password: '密码', contact_name: '联系人', contact_phone: '联系电话', address: '地址', region_code: '区划代码', region_name: '区域',
      detail: '详细地址', is_default: '默认地址', code: '编码', barcode: '条码', amount_fen: '金额', above_fen: '复审金额', limit_fen: '额度', buyer_id: '客户编号',
      prices: '价格', price_group: '价格组', product_id: '商品编号', price_fen: '价格', items: '明细', lines: '明细', wecom_userid: '企业微信账号',
      dealer_ids: '负责的经销商', from_on: '开始日期', until_on: '结束日期', substitute_id: '代理人编号', account_id: '账号编号', lot_code: '批次', expires_on: '到期日',
      qty: '数量', method: '方式', reference: '凭证号', received_on: '收款日期', note: '备注', packagings: '包装', category_id: '分类编号', base_unit: '基本单位',
      guide_fen: '指导价', floor_fen: '最低价', ceiling_fen: '最高价', image_id: '图片', spec: '规格', from_org_id: '调出方编号', to_org_id: '调入方编号', from_warehouse_id: '调出仓库编号', to_warehouse_id: '调入仓库编号', settled_fen: '结算金额', supplier: '供应商一侧', complete: '到货完整', stores: '门店数', shelf_life_days: '保质期天数',
    },
    values: {
      price_group: { standard: '标准价' }, from_group: { standard: '标准价' }, to_group: { standard: '标准价' },
      status: { active: '正常', frozen: '已冻结', on_sale: '在售', off_sale: '停售' },
      kind: { brand: '品牌', dealer: '经销商', store: '门店', order: '订单', transfer: '调拨单' },
    },
  },
})
