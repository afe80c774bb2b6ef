/** What stocktakes say. */
export const counting = {
  title: '盘点', hint: '数一数，对上账', begin: '新建盘点', number: '盘点单',
  states: { planned: '待盘点', counting: '盘点中', counted: '待处理差异', submitted: '待审批', adjusted: '已调整', rejected: '已驳回', cancelled: '已取消' },
  tones: { planned: 'wait', counting: 'go', counted: 'wait', submitted: 'wait', adjusted: 'done', rejected: 'stop', cancelled: 'stop' },
  filters: { all: '全部', planned: '待盘点', counting: '盘点中', counted: '待处理', submitted: '待审批', adjusted: '已调整' },
  empty: '还没有盘点', emptyHint: '可以盘全仓、一个分类，或挑几种商品', blind: '盲盘', open: '明盘', round: (n: number) => `第 ${n} 轮`,
  scope: { all: '全仓', category: '按分类', list: '挑商品' }, scopeHint: { all: '仓库里的所有商品', category: '一个分类和它下面的', list: '只盘选中的几种' },
  products: (count: number) => `${count} 种商品`, on: (day: string) => `计划 ${day}`, by: (name: string) => `${name} 建立`,
  gain: '盘盈', loss: '盘亏', net: '净差异', same: '账实相符',

  warehouse: '仓库', what: '盘什么', chooseCategory: '选择分类', chooseProducts: '选择商品', chosen: (count: number) => `已选 ${count} 种`, how: '怎么盘', blindHint: '盘点的人看不到账面数，更准', openHint: '盘点的人能看到账面数，更快',
  when: '什么时候', now: '现在开始', later: '定个日期', who: '谁来盘', everybody: '有扫码权限的人都可以', note: '备注', noteHint: '选填', create: '开始盘点', plan: '安排盘点', created: '已安排', needCategory: '请选择分类', needProducts: '请选择商品',

  start: '开始盘点', scan: '扫码点数', goOn: '接着点数', type: '手工填数', close: '结束点数', closeConfirm: '结束后与账面比对，出差异。确认大家都点完了？', stillOpen: (names: string) => `${names}还在点数。一并结束他们的扫码？`, finishAll: '一并结束',
  waitingScans: (count: number) => `这台手机还有 ${count} 条扫码没有上传，请先连上网络`,
  progress: (counted: number) => `已点 ${counted} 种`, sessions: '点数记录', scans: (count: number) => `${count} 次扫码`, sessionStates: { open: '点数中', finished: '已完成', cancelled: '已取消' },
  notCounted: '未点', again: '复盘', outside: '不在范围', book: (qty: string) => `账面 ${qty}`, tally: '商品', tallyEmpty: '仓库里没有要盘的商品', typed: '我手工填的',
  typeTitle: (name: string) => `${name}一共有多少`, typeHint: '填你数到的，和扫码的加在一起；再填一次会替换你上次填的', lotCode: '批号', expiresOn: '到期日', optional: '选填', save: '记下', saved: '已记下',

  differences: '差异', waitBlind: '点数已结束，等待负责人处理差异', which: { different: '有差异', uncounted: '未盘', unsure: '点数时有进出', left: '不调整', outside: '范围外', all: '全部' },
  none: { different: '账实相符，没有差异', uncounted: '都盘到了', unsure: '没有', left: '没有', outside: '没有', all: '没有' },
  counted: '实盘', booked: '账面', notFound: '未盘', lot: (code: string) => `批次 ${code}`, noLot: '不分批次', spread: '没有点批次，按先到期先少分摊', unsure: '点数时有进出，建议复盘', left: '不调整', at: (when: string) => `${when} 点的`,
  select: (count: number) => `已选 ${count} 行`, selectAll: '全选', zero: '确认为零', leave: '保持不变', adjust: '照常调整', recount: '复盘', recountConfirm: (count: number) => `选中的 ${count} 行，它们的商品要全部重新点，原来点的不再算。确定复盘？`, zeroConfirm: (count: number) => `${count} 行没有盘到，确认仓库里一件也没有？`,
  submit: '调整库存', submitFor: '提交审批', submitConfirm: (gain: string, loss: string) => `盘盈 ${gain}，盘亏 ${loss}，按实盘调整库存？`, overLimit: (limit: string) => `差异金额超过 ${limit}，需要审批`, reason: '说明（选填）', submitted: '已提交审批', adjusted: '库存已调整',
  undecided: (count: number) => `还有 ${count} 行没有盘到，先确认为零或保持不变`, heldBy: '占用它的单据', cancel: '取消盘点', cancelTitle: '为什么取消', cancelReasons: ['盘点范围有误', '临时有事', '人手不够'], cancelled: '已取消', approve: '通过', reject: '驳回', rejectReasons: ['差异太大，请重新盘', '请先说明原因'], rejectTitle: '为什么驳回', approveConfirm: (fen: string) => `差异 ${fen}，同意按实盘调整库存？`, approved: '已通过，库存已调整', rejected: '已驳回',
  countAgain: '重新盘有差异的', countAgainDone: '已开始重新盘', repeats: (number: string) => `重新盘 ${number}`, report: '盘点报告', more: '更多',
  facts: { warehouse: '仓库', scope: '范围', way: '方式', who: '盘点人', time: '时间', note: '备注', reason: '说明', ending: '结果' },
}
