/** What scanning goods in, out and sold says. */
export const scanning = {
  title: '扫码出入库', begin: '开始扫码', kinds: { in: '扫码入库', out: '扫码出库', sale: '扫码卖货', count: '扫码盘点' },
  kindHints: { in: '外来的货', out: '报损自用', sale: '柜台卖货', count: '清点对账' }, reasonTitle: { in: '为什么入库', out: '为什么出库' } as Record<string, string>,
  reasons: { production: '生产入库', purchase: '外购入库', opening: '期初库存', damaged: '破损', lost: '丢失损耗', expired: '过期报废', sample: '样品赠送', own_use: '自用' },
  receiptHint: '供货方发来的货请在订单里“签收”，不要在这里重复入库',
  note: '备注（选填）', open: '进行中', finished: '已完成', cancelled: '已取消', empty: '还没有扫码记录', emptyOpen: '没有进行中的扫码', mineHere: '这台手机上', resume: '接着扫',
  states: { open: '进行中', finished: '已完成', cancelled: '已取消' }, waiting: (count: number) => `${count} 条等待上传`, finishWaiting: '已提交完成，等待网络', noNumber: '等待网络',
  by: (name: string, when: string) => `${name} · ${when}`, notStored: '手机存储已满，扫码没有保存',

  aim: '对准条码，自动连续识别', typePlaceholder: '手工输入条码', add: '录入', torch: '照明', list: '扫码清单', nothing: '还没有扫到商品', nothingHint: '扫一次记一个包装，点商品可改数量', scannedOnce: '已记录',
  total: (kinds: number, qty: string) => `${kinds} 种 · ${qty}`, times: (count: number, packaging: string) => `${count}${packaging}`, plus: (count: number, packaging: string) => `+${count}${packaging}`, undo: '撤销', undone: (name: string) => `已撤销 ${name}`, nothingToUndo: '没有可以撤销的',
  lookingUp: '等待识别', unknown: '未识别', unknownHeard: '没有这个商品，已记下，最后处理', repeated: '这一件已经扫过', webAddress: '这是网页二维码，请扫旁边的商品条码', labelTaken: (name: string) => `批次已记到 ${name}`, labelAlone: '请先扫商品条码，再扫批次条码',
  lot: (code: string) => `批次 ${code}`, until: (day: string) => `${day} 到期`, askLot: '填到期日', lotTitle: '批次与到期日', lotHint: '填一次，本次扫的同一商品都用它', lotCode: '批号', lotCodePlaceholder: '选填，见外箱或瓶身', expiresOn: '到期日', chooseDay: '选择日期', lotMissing: '请填写到期日或批号', lotSaved: '已填写',
  quantity: '改数量', others: '其余是别的手机扫的，请在那台手机上改', remove: '全部撤销', removeConfirm: (name: string) => `撤销“${name}”的全部扫码？`,
  unknownTitle: (count: number) => `${count} 个条码未识别`, unknownHint: '选择对应的商品，或确认放弃。处理完才能完成。', choose: '选商品', drop: '放弃', dropConfirm: (code: string, count: number) => `放弃条码 ${code} 的 ${count} 次扫码？放弃后不计数。`, search: '搜商品名、编码、拼音', choosePack: '是哪种包装', needsNetwork: '没有网络，联网后再选商品',
  finish: { in: '完成入库', out: '完成出库', sale: '完成卖货', count: '完成点数' }, finishConfirm: { in: (what: string) => `${what}入库，库存立即增加。确认完成？`, out: (what: string) => `${what}出库，库存立即减少。确认完成？`, sale: (what: string) => `卖出 ${what}，库存立即减少。确认完成？`, count: (what: string) => `点了 ${what}。确认点完？` },
  finishedDone: '已完成', finishQueued: '已记下。联网后自动完成，只会完成一次。', solveFirst: '还有未识别的条码', lotsFirst: '还有商品没有到期日', cancel: '取消这次扫码', cancelConfirm: '取消后这次扫的都不计数，库存不变。确定取消？', cancelDone: '已取消', cancelOffline: '需要网络才能取消',
  over: '这次扫码已被别人结束', overHint: (count: number) => `还有 ${count} 条没有记入，可以放到新的一次里继续`, move: '放到新的一次', dropLeft: '不要了', dropLeftConfirm: (count: number) => `丢弃没有记入的 ${count} 条扫码？`,
  allSent: '已全部上传', sending: '正在上传…', goods: '商品', number: '单号', warehouse: '仓库', reason: '原因', who: '经办', when: '时间',
  why: {
    empty: '没有读到内容，请重扫', check_digit: '校验位不对，可能没有扫清楚，请重扫', unknown_ai: '条码里有不认识的内容，请重扫', length: '条码内容不完整，请重扫', date: '条码里的日期不对，请扫另一个条码或手工填', count: '条码里的数量是 0',
    repeated: '条码里有两个不同的批次', pairing: '条码里的商品和数量对不上', no_item: '条码里没有商品编号',
  },
}
