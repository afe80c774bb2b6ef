import type { OrderState } from './types'

/** What the pages of orders say. */
export const t = {
  sales: '采购订单',
  all: '全部订单',
  issues: '出库单',
  order: '订单',
  states: {
    submitted: '待审核', approved: '待出库', issued: '配送中', received: '已签收', closed: '已完成', rejected: '已驳回', cancelled: '已取消', on_hold: '已挂起',
  } satisfies Record<OrderState, string> as Record<OrderState, string>,
  anyState: '全部',
  methods: { deliver: '送货上门', pickup: '自提', logistics: '物流发货' },
  search: '订单号、客户、商品',
  buyer: '客户',
  seller: '供货方',
  from: '开始日期',
  to: '结束日期',
  empty: '这个状态下没有订单',
  emptyQueue: '都处理完了，新订单会自动出现在这里',
  cols: { number: '订单', buyer: '客户', seller: '供货方', amount: '金额', lines: '行数', state: '状态', method: '配送', wished: '期望到货', submitted: '提交时间' },

  group: '订单',
  keys: {
    down: '下一张', up: '上一张', open: '打开订单', close: '关闭订单', approve: '通过（选中多张时批量）', reject: '驳回（选中多张时批量）', edit: '修改数量', select: '选择', selectTo: '选择到这一张',
    search: '搜索', hold: '挂起或恢复', issue: '出库', print: '打印出库单', tab: '切换状态', stocked: '按库存填数量', ordered: '按订货填数量', clear: '取消选择',
  },

  close: '关闭订单',
  page: '单独打开',
  facts: { buyer: '客户', seller: '供货方', submitted: '提交时间', method: '配送方式', wished: '期望到货', noWish: '不指定', address: '收货地址', note: '客户备注', backOrder: '补货单', backOrderOf: '由部分审核的订单转来' },
  credit: { title: '客户往来', owed: '应收', committed: '已审未发', limit: '信用额度', left: '剩余额度', noLimit: '不限额度', after: '本单通过后剩余', over: '本单通过后超出' },
  lines: { title: '商品', count: (lines: number) => `${lines} 行`, product: '商品', price: '单价', ordered: '订货', approved: '审核', issued: '已发', received: '签收', available: '可用库存', amount: '金额', approve: '通过数量', short: (qty: string) => `库存只有 ${qty}`, shortage: '短少', damaged: '破损', total: '合计', steps: '价格说明', outsideRegion: '授权区域外', outsideCategory: '未获授权',
    outsideOf: (one: { dealer_name: string | null; region_code: string | null }) => `下单那天，${one.dealer_name ?? ''}没有${one.region_code ? '在客户所在区域' : ''}销售这类商品的授权`,
  },

  review: {
    edit: '修改数量', asOrdered: '按订货', asStocked: '按库存', undo: '恢复原数量', approve: '通过', approvePart: '部分通过', reject: '驳回', hold: '挂起', resume: '恢复处理', cancel: '取消订单', finish: '完结订单',
    rest: '未通过的数量', drop: '不再供应', dropHint: '减少的数量直接取消', backOrder: '有货后补发', backOrderHint: '减少的数量转成一张补货单', note: '审核备注（选填）',
    confirmAll: (number: string, amount: string) => `按订货数量通过 ${number}，金额 ${amount}？`,
    confirmPart: (number: string, amount: string, rest: string) => `按修改后的数量通过 ${number}，金额 ${amount}？未通过的数量${rest}。`,
    nothing: '所有数量都是 0，请改用驳回', wrongQty: '请填写数量，如 3、3+2 或 3箱2瓶', tooMuch: (qty: string) => `不能超过订货的 ${qty}`,
    done: '已通过', first: '初审已通过，金额较大，还要上级复审', overCredit: '超出信用额度', overAsk: '仍然放行这张订单吗？', override: '仍然放行',
    rejectTitle: '驳回订单', rejectText: (number: string, buyer: string) => `驳回 ${buyer} 的 ${number}，对方会收到原因。`, rejected: '已驳回',
    rejectReasons: ['库存不足', '价格已调整，请重新下单', '超出信用额度', '不在配送范围', '重复下单'],
    holdTitle: '挂起订单', holdText: '挂起期间不审核、不发货，对方能看到原因。', held: '已挂起', holdReasons: ['货款逾期未付', '对账有异议', '等待到货', '等待对方确认'],
    resumeAsk: '恢复后订单回到“待审核”，确定恢复？', resumed: '已恢复',
    cancelTitle: '取消订单', cancelText: '取消后不再处理这张订单，占用的库存会释放。', cancelled: '已取消', cancelReasons: ['客户要求取消', '重复下单', '无法供货'],
    closeTitle: '完结订单', closeText: '未发的数量不再发货，占用的库存会释放。', closed: '已完结', closeReasons: ['缺货，不再补发', '客户不要了', '另开新单'],
    proposed: (by: string, amount: string, part: boolean) => `${by} 初审建议通过 ${amount}${part ? '（部分）' : ''}，等待复审`,
    proposedRest: { drop: '未通过的数量不再供应', back_order: '未通过的数量有货后补发' },
   
    reason: '原因',
  },

  batch: {
    approve: '批量通过', reject: '批量驳回', tooMany: '一次最多处理 100 张，请分批选择',
    confirm: (count: number, amount: string) => `按订货数量通过选中的 ${count} 张订单，合计 ${amount}？`,
    rejectText: (count: number) => `驳回选中的 ${count} 张订单，各客户会收到同一个原因。`,
    result: '处理结果', summary: (ok: number, failed: number) => `成功 ${ok} 张${failed ? `，未完成 ${failed} 张` : ''}`, ok: '成功', failedKept: '没有完成的订单仍然选中',
  },

  issue: {
    action: '出库', title: '出库发货', hint: '批次由系统按先到期先出分配；可以分几次出库。', toIssue: '本次出库', left: '待发', all: '全部', none: '本次出库数量都是 0',
    submit: '确认出库', confirm: (number: string, amount: string) => `确认出库 ${number}，金额 ${amount}？库存和应收会同时记账。`, done: (number: string) => `已出库，出库单 ${number}`, print: '打印出库单', printing: '正在准备打印…',
    states: { in_transit: '在途', received: '已签收' }, lot: '批次', expires: '到期', by: (who: string, warehouse: string) => `${who} · ${warehouse}`,
    received: (who: string) => `${who} 签收`, credit: (amount: string) => `差额 ${amount} 已冲减应收`, full: '数量相符', search: '出库单状态', empty: '还没有出库单',
    cols: { number: '出库单', order: '订单', buyer: '客户', state: '状态', amount: '金额', issued: '出库时间', by: '经手', receipt: '签收' },
  },

  home: { waiting: '等我决定', none: '没有等待决定的单据', toIssue: '等待出库', noneToIssue: '没有等待出库的订单', all: '查看全部', states: '采购订单', oldest: '最早的在前', batch: (count: string) => `共 ${count} 张` },

  timeline: { title: '订单动态', system: '系统' },

  approvals: {
    title: '审批', kinds: { order: '订单', price_exception: '特价申请', transfer: '调拨', return: '退货' } as Record<string, string>, states: { pending: '待处理', approved: '已通过', rejected: '已驳回', void: '已撤销' },
    cols: { number: '单据', kind: '类型', buyer: '客户', amount: '金额', step: '步骤', created: '提交时间', decided: '处理', reason: '原因' },
    empty: '没有等待处理的审批', emptyDone: '没有记录', approve: '通过', reject: '驳回', rejectText: (number: string) => `驳回 ${number}，申请人会收到原因。`, open: '查看单据',
    confirm: (number: string, amount: string) => `通过 ${number}，金额 ${amount}？`, done: '已通过', rejected: '已驳回',
  },
} as const
