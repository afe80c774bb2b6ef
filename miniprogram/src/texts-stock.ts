/** What stock, warehouses and sell-through say. */
export const stocks = {
  value: '库存金额', kinds: '种商品', bySupplier: '按供货价估算，没有供货价的按指导价', fresh: { fresh: '新鲜', last_third: '最后三分之一', soon: '临期', expired: '已过期', undated: '无到期日' },
  nearExpiry: '临期', expired: '已过期', quarantine: '隔离区', quarantineHint: '隔离区的货不能卖：退货、召回或待处理', everywhere: '全部', onTheWay: '在途',
  links: { alerts: '库存预警', returns: '退货', transfers: '调拨', sales: '动销', moves: '出入流水', past: '往日库存', places: '仓库', trace: '追溯' },
  ofOrg: (name: string) => `${name}的库存`, shopStock: '店里有什么货', shopSales: '卖得怎么样',
  openFirst: '先点一下店里有多少货', openFirstHint: '把店里现有的货扫一遍，记成期初。以后卖一件少一件，库存才对得上。', openFirstGo: '开始点货', sellNothing: '店里还没有登记库存，卖不了货。先把现有的货点一遍？', sellShort: '账上没有这么多。店里实际有货的话，先点货入账，再完成这次销售；扫过的都还在。',

  product: '商品库存', lots: '批次', moves: '流水', pastTab: '往日', cover: '还能卖', days: (days: number) => `${days} 天`, coverUnknown: '没有销量', used: '近 30 天出货', turnover: '30 天周转', times: (times: string) => `${times} 次`, worth: '金额', noLots: '这里没有库存', noLotCode: '无批号', keeps: (days: number) => `剩 ${days} 天`, over: (days: number) => `过期 ${days} 天`, today: '今天到期', undated: '无到期日', lotUntil: (day: string) => `${day} 到期`,
  held: (qty: string) => `占用 ${qty}`, blocked: '不可卖',

  movesTitle: '出入流水', movesEmpty: '还没有出入记录', allReasons: '全部原因', chooseReason: '按原因', directions: { in: '入', out: '出', between: '移' }, way: (from: string, to: string) => `${from} → ${to}`, noDocument: '没有单据', by: (name: string) => `经办 ${name}`,
  pastTitle: '往日库存', pastDay: '哪一天', pastHint: (day: string) => `${day} 当天结束时的库存`, pastEmpty: '那一天没有库存', pastSum: (count: number) => `${count} 个批次`, prevDay: '前一天', nextDay: '后一天',

  places: '仓库', placesHint: '默认仓库负责发货，采购到货也进这里。', addPlace: '新增仓库', placeName: '仓库名称', placeNamePlaceholder: '如：城东分仓', delivers: '默认发货', makeDefault: '设为默认发货', makeDefaultConfirm: (name: string) => `以后订单从“${name}”发货，采购到货也进这里。确定？`, rename: '改名', closePlace: '停用', closeConfirm: (name: string) => `停用“${name}”？停用后不能再收发货，历史记录保留。`, closedTag: '已停用', saved: '已保存', added: '仓库已新增', closed: '仓库已停用', holds: (count: number) => (count > 0 ? `${count} 种商品` : '空仓'), reservedHere: (qty: number) => `占用 ${qty}`, openScans: (count: number) => `${count} 次扫码未完成`, nameMissing: '请填写仓库名称', showClosed: '显示已停用', choosePlace: '哪个仓库',

  sales: '动销', salesHint: '卖给消费者的数量，按扫码和收银流水统计', total: '共卖出', unit: '件', perDay: (qty: string) => `平均每天 ${qty}`, ranges: { 7: '近 7 天', 30: '近 30 天', 90: '近 90 天' }, byDay: '每天', byStore: '按门店', byProduct: '按商品', noSales: '这段时间没有销售记录', noSalesHint: '门店扫码卖货或上传收银流水后，这里就有数', first50: '只列出前 50 个', daySold: (day: string, qty: string) => `${day} 卖出 ${qty}`, filterStore: (name: string) => `只看 ${name}`, filterProduct: (name: string) => `只看 ${name}`, soldSum: (qty: number) => `${qty} 件（最小单位）`,

  till: '上传收银流水', tillHint: '从收银机导出一天的销售表（Excel 的 .xlsx），上传后先检查，确认了才扣库存。同一份表传两次只算一次。', tillColumns: '表里要有这几列', required: '必填', template: '下载模板', templateFailed: '模板没有下载成功，请重试', chooseFile: '选择文件', chooseAgain: '换一个文件', noChooser: '这台设备不能选文件，请在微信或浏览器里打开', checking: '正在检查…', applying: '正在登记…', recent: '最近上传', noRecent: '还没有上传过', tillCounts: { new: '新增', changed: '补差', same: '已登记过', wrong: '有误' } as Record<string, string>, wrongRows: (count: number) => `${count} 处有误，一行也没有登记。改好后重新上传`, wrongPlace: (row: number, heading: string) => (heading ? `第 ${row} 行 ${heading}` : `第 ${row} 行`), moreWrong: (count: number) => `还有 ${count} 处，没有全部列出`, confirmTill: (count: number) => `登记 ${count} 行销售`, confirmTillAsk: (count: number) => `登记 ${count} 行销售，库存立即减少。确认？`, nothingNew: '这份表之前已经登记过，没有新的销售', tillDone: '已登记', tillCancel: '放弃这份文件', rowsRead: (count: number) => `读到 ${count} 行`, states: { queued: '排队中', running: '处理中', ready: '待确认', done: '已登记', failed: '失败', cancelled: '已放弃' } as Record<string, string>, openingFirst: '库存不够的商品登记不了：先点一下店里有多少货',
}
