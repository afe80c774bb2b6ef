import { alerts } from './texts-alerts'
import { counting } from './texts-counting'
import { rebates } from './texts-rebates'
import { returns } from './texts-returns'
import { scanning } from './texts-scanning'
import { stocks } from './texts-stock'
import { tracing } from './texts-trace'
import { transfers } from './texts-transfer'

/** Every Chinese text of the app, by screen. Parts that vary are functions. */
export const t = {
  counting,
  rebates,
  returns,
  scanning,
  stocks,
  transfers,
  tracing,
  alerts,
  app: { name: '渠通', slogan: '品牌、经销商与门店，同一本账' },

  common: {
    cancel: '取消', confirm: '确定', save: '保存', delete: '删除', edit: '编辑', retry: '重试', close: '关闭', back: '返回',
    loading: '正在加载…', noMore: '没有更多了', loadMore: '上滑加载更多', loadFailed: '加载失败', empty: '这里还没有内容',
    showMore: (count: number) => `展开其余 ${count} 行`, done: '完成', next: '下一步', gotIt: '知道了', default: '默认', all: '全部', optional: '选填', working: '处理中…', restored: '已恢复上次没有保存的内容', startAgain: '重新填写',
    colon: (name: string, value: string) => `${name}：${value}`,
    wholeNumber: '请输入整数', atMost: (max: number, unit: string) => `最多 ${max}${unit}`,
  },

  error: { unknown: '操作没有完成，请重试', notFound: '没有找到，可能已被删除' },

  network: {
    offline: '当前没有网络',
    staleSince: (when: string) => `离线中，显示的是${when}的内容`,
    waitingOrders: (count: number) => `${count} 张订单等待网络，恢复后自动提交`,
  },

  login: {
    title: '登录渠通', phone: '手机号', phoneHint: '请输入手机号', password: '密码', passwordHint: '请输入密码',
    submit: '登录', submitting: '正在登录…', wechat: '微信一键登录', or: '或',
    phoneInvalid: '请输入 11 位手机号', passwordMissing: '请输入密码', show: '显示', hide: '隐藏',
    wechatFailed: '没有取得微信登录凭证，请用手机号登录', help: '账号由品牌或上级经销商开通，忘记密码请联系他们重置',
  },
  bind: { title: '绑定已有账号', hint: '这个微信还没有绑定账号。输入手机号和密码绑定一次，以后就能一键登录。', submit: '绑定并登录' },

  tabs: { shop: '进货', cart: '购物车', orders: '订单', mine: '我的', sales: '门店订单', purchase: '采购', stock: '库存' },

  catalog: {
    search: '搜商品名、编码或拼音', frequent: '常购', all: '全部', noPrice: '暂无报价', perUnit: (unit: string) => `/${unit}`,
    empty: '这个分类还没有商品', emptySearch: (q: string) => `没有找到“${q}”`, emptyFrequent: '下过单的商品会出现在这里',
    available: { in_stock: '有货', low: '库存紧张', none: '暂时缺货' },
    guidePrice: (price: string) => `建议零售 ${price}`, shelfLife: (days: number) => (days ? `保质期 ${days} 天` : '不限保质期'), code: (code: string) => `编码 ${code}`,
    packaging: '包装规格', perCase: (qty: number, unit: string, name: string) => `1${name} = ${qty}${unit}`, barcode: '条码',
    addToCart: '加入购物车', lastOrdered: (when: string, qty: string) => `${when}订过 ${qty}`, goCart: '去结算', cartEmpty: '还没有选商品',
    selected: (count: number) => `已选 ${count} 种`, purchaseOrders: '采购单', subtotal: '小计', noSupplier: '当前账号没有上级供应商，不能进货',
    brandOnly: '品牌账号请使用网页控制台或企业微信处理业务', supplierIs: (name: string) => `由 ${name} 供货`,
  },

  scan: {
    title: '扫描条码', hint: '将商品或箱子上的条码放入框内', starting: '正在打开摄像头…', typeHint: '没有摄像头？输入条码数字',
    typePlaceholder: '条码数字（8 至 14 位）', find: '查找', noCamera: '这个设备没有可用的摄像头，请输入条码',
    denied: '没有摄像头权限，请在浏览器设置中允许，或输入条码', failed: '扫描组件没有加载成功，请输入条码',
    notGtin: (code: string) => `“${code}”不是商品条码（应为 8 至 14 位数字）`,
    checkDigit: (code: string) => `条码 ${code} 的校验位不对，可能没有扫清楚，请重扫`,
    unknown: '商品库里没有这个条码', unknownDetail: (code: string) => `条码 ${code}`,
    notOffered: '供应商没有向您供应这个商品', added: (name: string, qty: string) => `${name} 已加入，共 ${qty}`,
    again: (name: string, qty: string) => `又扫到 ${name}，数量加到 ${qty}`, offline: '没有网络，这个条码不在已缓存的目录里',
    notHere: (name: string) => `这张单里没有 ${name}`, continue: '继续扫', torch: '照明', again1: '重新扫描', noteOpened: (number: string) => `出库单 ${number}`, viewCart: '完成',
  },

  cart: {
    title: '购物车', empty: '购物车是空的', emptyHint: '去目录里挑商品，或直接扫码添加', goShop: '去进货', clear: '清空', clearConfirm: '清空购物车里的所有商品？',
    removeConfirm: (name: string) => `把“${name}”移出购物车？`, delivery: '配送方式',
    methods: { deliver: '送货上门', pickup: '自提', logistics: '物流发货' }, address: '收货地址', chooseAddress: '请选择收货地址', addAddress: '新增收货地址',
    wishedOn: '期望到货', noWish: '不指定', note: '备注', notePlaceholder: '给供货方的话（选填）', total: '合计', estimate: '估算', submit: '提交订单', submitting: '正在提交…',
    quoting: '正在核价…', quoteFailed: '没有取得最新价格', quoteAgain: '重新核价', offlineEstimate: '没有网络：按上次看到的价格估算，提交后排队，联网自动发送',
    priceChanged: '价格有变化，请确认新价格后再提交', priceWas: (old: string, now: string) => `原 ${old} → 现 ${now}`, priceMoved: (old: string, now: string) => `价格变了 ${old}→${now}`, steps: '价格说明', unitPrice: '单价',
    creditLeft: (left: string) => `可用信用额度 ${left}`, creditShort: (over: string) => `超出信用额度 ${over}，供货方审核时可能退回`,
    notStored: '手机存储已满，草稿没有保存', problems: (count: number) => `有 ${count} 行需要调整`, tooMany: (max: number) => `一张订单最多 ${max} 行`,
    lines: (products: number) => `${products} 种商品`, needAddress: '请选择收货地址', pickupHint: '到供货方仓库自提', draftKept: '草稿已自动保存在本机',
  },

  terms: {
    missing: (sum: string) => `还差 ${sum} 起送`, reached: '已满足起送金额', least: (sum: string) => `满 ${sum} 起送`, earliest: (day: string) => `最早 ${day} 送达`,
    left: (hours: number, minutes: number) => `再过 ${hours ? `${hours} 小时 ` : ''}${minutes} 分截单，之后送达日顺延`, noDays: '供货方近期没有可以送货的日子，请联系供货方',
  },

  rules: {
    title: '下单规则', hint: '门店下单时按这里检查，会先告诉他还差什么', minimum: '起送金额', none: '不限', yuan: '元', cases: '只卖整箱', casesHint: '所有商品都要凑整箱',
    days: '哪几天送货', everyDay: '没有选：每天都可以', cutOff: '截单时间', noCutOff: '不截单', lead: '备货天数', daysUnit: '天', weekdays: ['一', '二', '三', '四', '五', '六', '日'],
    closed: '休息日', addClosed: '添加休息日', noClosed: '还没有设置休息日', open: '照常送货', off: '休息', more: (count: number) => `另有 ${count} 条按客户、等级或商品的规则，请在电脑上修改`, saved: '已保存',
    badAmount: '请填写正确的金额', stale: '规则刚被别人改过，已为您重新读取',
  },

  result: {
    sent: '订单已提交', sentHint: (seller: string) => `${seller} 审核后会通知您`, waiting: '等待网络', waitingHint: '订单已保存在本机，网络恢复后自动提交，只会提交一次。',
    view: '查看订单', more: '继续进货', moreFor: '回到门店客户', waitingFor: (name: string) => `代${name}下的订单已保存在本机，网络恢复后自动提交，只会提交一次。`, number: '订单号', amount: '订单金额', sub: '审核、发货时通过微信通知您',
  },

  order: {
    states: { submitted: '待审核', approved: '待出库', issued: '配送中', received: '已签收', closed: '已完成', rejected: '已驳回', cancelled: '已取消', on_hold: '已挂起' },
    stages: { submitted: '提交', approved: '审核', issued: '出库', received: '签收' },
    waiting: '等待网络', sending: '正在提交', refused: '未能提交', putBack: '放回购物车', writeAgain: '修改后再提交', drop: '删除', dropConfirm: '删除这张还没有提交的订单？', sendNow: '立即重试',
    searchPurchases: '搜订单号、商品', searchSales: '搜订单号、门店、商品', empty: '还没有订单', emptySales: '还没有门店订单', emptyState: '这个状态下没有订单', emptyHint: '新订单会自动出现在这里',
    count: (lines: number) => `${lines} 行`, firstAnd: (name: string, lines: number) => (lines > 1 ? `${name} 等 ${lines} 行商品` : name),
    title: '订单详情', number: '订单号', seller: '供货方', buyer: '订货方', submittedAt: '下单时间', wishedOn: '期望到货', note: '备注', goods: '商品', copy: '复制', copied: '已复制', info: '订单信息',
    ordered: '订', approved: '批', issued: '发', received: '收', short: '少', damaged: '损', availableQty: (qty: string) => `可用库存 ${qty}`, stockShort: (qty: string) => `库存只有 ${qty}`,
    total: '订单金额', approvedTotal: '审核金额', receivedTotal: '签收金额', progress: '进度', timeline: '订单动态', issues: '出库单', lot: '批次', expiresOn: (day: string) => `${day} 到期`,
    printNote: '打印出库单', receiveIssue: '签收', issuedAt: '出库时间', receipt: '签收记录', photos: '现场照片', backOrderOf: '由部分审核的订单转来', viewOriginal: '查看原订单',
    rejectReason: '驳回原因', cancel: '取消订单', cancelConfirm: '取消后供货方不再处理这张订单。请选择原因：', cancelled: '订单已取消', again: '再来一单', againDone: (count: number) => `${count} 种商品已放入购物车`, againSkipped: (count: number) => `${count} 种商品现在不供应，没有放入`,
    close: '完结订单', closeConfirm: '未发的数量不再发货，释放占用的库存。请选择原因：', closed: '订单已完结', askedFor: (names: string) => `等待 ${names} 审批`,
    newArrived: (count: number) => `有 ${count} 张新订单`, cancelReasons: ['数量填错了', '商品选错了', '暂时不需要了', '重新下单'], closeReasons: ['缺货，不再补发', '客户不要了', '另开新单'],
    noteFailed: '出库单没有打开，请重试',
    hold: '挂起', holdTitle: '挂起订单', holdConfirm: '挂起期间不审核、不发货，对方能看到原因。', holdReasons: ['货款逾期未付', '对账有异议', '等待到货', '等待对方确认'], held: '订单已挂起', holdReason: '挂起原因', resume: '恢复处理', resumeConfirm: '恢复后订单回到“待审核”，确定恢复？', resumed: '订单已恢复', from: '来自', lineAmount: '金额',
  },

  review: {
    title: '审核订单', approveAll: '全部通过', approve: '通过', reject: '驳回', adjust: '调整数量', adjusted: '已调整', decided: (state: string) => `这张订单现在是“${state}”，不能再审核`, second: '初审已通过，订单金额较大，还要上级复审', proposed: (by: string, amount: string, part: boolean) => `${by} 初审建议通过 ${amount}${part ? '（部分）' : ''}`, proposedRest: { drop: '未通过的数量不再供应', back_order: '未通过的数量有货后补发' }, rest: '未通过的数量', drop: '不再供应', backOrder: '有货后补发', dropHint: '减少的数量直接取消', backOrderHint: '减少的数量转成一张补货单',
    confirmAll: (amount: string) => `按订货数量全部通过，金额 ${amount}？`, confirmPart: (amount: string) => `按调整后的数量通过，金额 ${amount}？`, done: '审核通过', rejected: '已驳回', fillAvailable: '按库存', fillOrdered: '按订货', nothing: '所有数量都是 0，请改用驳回',
    overCredit: '超出信用额度', overCreditAsk: '仍然放行这张订单吗？', override: '仍然放行', reasonTitle: '驳回原因', reasonPlaceholder: '补充说明（选填）', reasonMissing: '请选择或填写原因', reasons: ['库存不足', '价格已调整，请重新下单', '超出信用额度', '不在配送范围', '重复下单'], note: '审核备注', balance: '门店往来', owed: '已欠', left: '额度剩余', afterwards: '本单通过后剩余',
    batch: '批量处理', selected: (count: number) => `已选 ${count} 张`, selectAll: '全选', batchApprove: (count: number) => `批量通过 ${count} 张订单？`, batchResult: '处理结果', okCount: (ok: number, failed: number) => `成功 ${ok} 张${failed ? `，失败 ${failed} 张` : ''}`, exit: '退出',
  },

  issue: {
    title: '出库发货', nothing: '没有要出库的商品', rest: '继续出库', hint: '按先到期先出自动拣选批次', ordered: '审核', already: '已发', toIssue: '本次出库', all: '全部出库', none: '本次出库数量都是 0', confirm: (qty: string) => `确认出库 ${qty}？出库后库存即时扣减，应收同时记账。`, submit: '确认出库', done: '出库完成', lots: '拣货批次', print: '打印出库单', backToOrder: '返回订单', partial: '部分出库', stock: '可用', kinds: (count: number) => `${count} 种商品`,
  },

  receive: {
    title: '签收', hint: '请逐项清点。少了、坏了如实填写，差额会自动从应付中扣除。', issued: '发货', received: '实收', damaged: '破损', good: '完好', short: '短少', allComplete: '全部收齐', photo: '现场照片', addPhoto: '拍照', photoHint: '有短少或破损时请拍照（最多 6 张）', note: '签收备注', notePlaceholder: '选填，如：外箱受潮', submit: '确认签收', confirm: '货物数量与发货单一致，确认签收？', confirmDifferences: (lines: number, credit: string) => `${lines} 行有差异，少付 ${credit}。签收后不能修改，确认签收？`, completeConfirm: '把所有数量改回与发货一致？', onlyDamaged: '数量齐，有破损', differing: (lines: number) => `${lines} 行有差异`, credit: (amount: string) => `应付减少 ${amount}`, done: '签收完成', uploading: '正在上传…', uploadFailed: '照片没有上传成功', choose: '选择要签收的出库单', lineNote: '差异说明',
  },

  stock: {
    title: '库存', scans: '扫码记录', search: '搜商品名、编码', empty: '仓库里还没有库存', onHand: '在库', reserved: '占用', available: '可用', inTransit: '在途', expiry: (day: string) => `最近到期 ${day}`, expirySoon: (days: number) => `${days} 天后到期`, expired: '已过期', kinds: (count: number) => `共 ${count} 种`, none: '无可用',
  },

  balance: {
    title: '往来账', withSupplier: '与供货方', receivable: '应付货款', receivableOf: '应收货款', committed: '在途订单占用', limit: '信用额度', left: '剩余额度', noLimit: '不限额度', entries: '账目明细', empty: '还没有账目', prepaid: '预付余额', used: (percent: number) => `已用 ${percent}%`,
    reasons: { issue: '出库', goods_issue: '出库', receipt: '签收差额', shortage: '短少冲减', damage: '破损冲减', payment: '付款', bank: '银行转账', cash: '现金付款', wechat: '微信付款', prepayment: '预付款', rebate: '返利', rebate_use: '返利抵货款', rebate_back: '返利更正' } as Record<string, string>,
  },

  price: {
    search: '搜商品、编码、拼音或条码', searchStore: '搜门店名称、编码', oneStore: '选一家门店', groupOf: (name: string) => `价格组 ${name}`, groupWith: (name: string, buyers: number) => `${name}（${buyers} 家）`,
    empty: '没有找到商品', current: '现在的价格', byGroup: '按价格组', fresh: '新价格', placeholder: '元', from: '开始', until: '结束', todayOn: '今天', open: '长期', save: '保存价格', saved: '价格已保存', missing: '请填写价格',
    temporary: (day: string, after: string) => `临时价到 ${day}，之后恢复 ${after}`, next: (day: string, price: string) => `${day} 起 ${price}`, since: (day: string) => `${day} 起`, span: (from: string, until: string) => `临时价 ${from} 至 ${until}`,
    withdraw: '停止供应', withdrawConfirm: (whom: string, name: string) => `不再向${whom}供应“${name}”？`, endNow: '马上结束临时价', dropOwn: '取消专属价', endTemporary: (after: string) => `临时价马上结束，恢复 ${after}？`, endOwn: '取消后，这家门店按价格组的价格进货。', ended: '已结束',
    locked: '您没有定价权，价格由上级供应商设置；需要调整请联系供应商。', history: '价格历史', noHistory: '还没有设过价格',
  },

  exception: {
    title: '特价申请', ask: '申请特价', hint: '超出指导价范围的价格要由品牌审批，先业务员、再经理，通过后只对这家门店、在这段时间内有效。', reason: '申请原因', reasonPlaceholder: '例如：清临期库存、对手促销',
    reasonMissing: '请填写申请原因', until: (day: string) => `有效到 ${day}，可在上面改结束日期`, oneStore: '要用这个价格，请先选一家门店，再申请特价。', asked: '已提交申请', withdraw: '撤回', withdrawConfirm: (number: string) => `撤回特价申请 ${number}？`, withdrawn: '已撤回',
    states: { pending: '待审批', approved: '已通过', rejected: '已驳回', void: '已撤回' }, waits: (step: string) => `等待${step}`, span: (from: string, until: string) => `${from} 至 ${until}`,
  },

  mine: {
    title: '我的', purchases: '采购单', notices: '消息', addresses: '收货地址', sessions: '登录设备', password: '修改密码',
    balance: '往来账',
    prices: '门店价格',
    authorities: '我的授权',
    logout: '退出登录', logoutConfirm: '退出后，购物车草稿仍保存在本机。', supplier: '供货方', region: '地址', contact: '联系人', version: (v: string) => `渠通 ${v}`, logoutWaiting: (count: number) => `还有 ${count} 张订单没有提交。退出后要重新登录这个账号才会发送。`, logoutScans: (scans: number, orders: number) => `${[scans > 0 && `${scans} 条扫码`, orders > 0 && `${orders} 张订单`].filter(Boolean).join('和')}还在这台手机上，没有送到服务器。退出后要在这台手机重新登录这个账号才会发送。`,
    rules: '下单规则',
    staff: '员工账号', roles: '员工角色', invitations: '邀请门店与员工', papers: '我的资质',
    service: '常用', security: '账号与安全',
  },

  authorities: {
    everything: '全部品类', exclusive: '独家', open: '开放', future: '未开始', over: '已结束',
    since: (from: string) => `${from} 起，长期有效`, fromTo: (from: string, until: string) => `${from} 至 ${until}`,
    ends: (days: number) => (days === 0 ? '今天到期，请联系业务员续约' : `${days} 天后到期，请联系业务员续约`),
    revoked: (day: string, reason: string) => `${day} 收回：${reason}`, empty: '还没有区域授权', emptyHint: '授权由品牌设置，有疑问请联系业务员',
  },

  notices: { title: '消息', empty: '还没有消息', emptyUnread: '没有未读消息', readAll: '全部已读', unread: '未读', all: '全部' },

  address: {
    title: '收货地址', empty: '还没有收货地址', add: '新增地址', contactName: '收货人', contactPhone: '手机号', region: '所在地区', detail: '详细地址', isDefault: '设为默认地址', namePlaceholder: '姓名', regionPlaceholder: '省 / 市 / 区县', detailPlaceholder: '街道、门牌号', deleteConfirm: '删除这个地址？', saved: '地址已保存', deleted: '地址已删除', nameMissing: '请填写收货人', phoneInvalid: '请填写 11 位手机号', detailMissing: '请填写详细地址', editTitle: '编辑地址', addTitle: '新增地址',
  },

  sessions: { title: '登录设备', current: '本机', lastSeen: (when: string) => `最近使用 ${when}`, since: (when: string) => `${when} 登录`, end: '下线', endConfirm: (name: string) => `让“${name}”下线？`, ended: '已下线', unnamed: '未知设备' },

  customer: {
    title: '门店客户', search: '名称、电话、联系人、拼音', quiet: (days: number) => `${days} 天没下单`, frozen: '已冻结', noAccount: '无账号', neverOrdered: '从未下单',
    lastOrder: (when: string) => `最近下单 ${when}`, recent: (amount: string) => `近 30 天 ${amount}`, empty: '还没有门店客户', emptyHint: '新增后可以邀请店主，也可以直接代客下单',
    emptySearch: '没有符合条件的客户', add: '新增门店', edit: '编辑门店', name: '店名', namePlaceholder: '门头上的名字', kind: '类型', kindPlaceholder: '选择类型', size: '面积',
    sizePlaceholder: '平方米，选填', sizeWrong: '面积请填整数平方米', sqm: (size: number) => `${size} 平方米`, contact: '联系人', phone: '电话', address: '地址', grade: '等级',
    addressPlaceholder: '区、街道、门牌号', place: '位置', noPlace: '还没有定位', locate: '用当前位置', noLocation: '没有取得位置：请允许使用位置，或以后再补', photo: '门头照', takePhoto: '拍照',
    nameMissing: '请填写店名', saved: '已保存', call: '打电话', tags: '标签', noTags: '还没有标签', newTag: '写一个标签', addTag: '加上', year: '近一年进货', amount: '进货金额', orders: '订单',
    last: '最近下单', orderFor: '代客下单', orderForName: (name: string) => `代${name}下单`, orderHint: (name: string) => `按${name}的价格`, searchProduct: '商品名、拼音、条码',
    nothingOffered: '没有可以卖给它的商品', lines: (count: number) => `${count} 种商品`, orderSubmit: '提交订单', orderNext: '去确认', orderCheck: '确认订单', againstRules: '这张订单不符合您自己的下单规则，仍然提交？', allTheSame: '仍然提交', note: '备注（选填）',
    priceChanged: '价格有变化，按新价格提交', noAddress: '门店档案里还没有地址，请先补上或改为自提', creditShort: (over: string) => `超出门店的信用额度 ${over}`,
    kinds: { convenience: '便利店', supermarket: '超市', grocery: '食杂店', restaurant: '餐饮店', specialty: '烟酒店', wholesale: '批发部', person: '个人客户', other: '其他' },
  },
  staff: {
    title: '员工账号', own: '本店员工', ownDealer: '我的员工', below: '门店与下级', search: '搜姓名、手机号、拼音', empty: '还没有账号', emptySearch: (q: string) => `没有找到“${q}”`, add: '开账号', invite: '邀请', frozen: '已停用', self: '我自己', never: '还没有登录过', seen: (when: string) => `${when}使用过`,
    addTitle: '开账号', editTitle: '修改账号', name: '姓名', namePlaceholder: '请输入姓名', phone: '手机号', role: '角色', password: '初始密码', passwordHint: '至少 8 位，请对方登录后修改', nameMissing: '请填写姓名', phoneInvalid: '请填写 11 位手机号', roleMissing: '请选择角色', passwordShort: '密码至少 8 位', created: '账号已开通', saved: '已保存', roleNote: '能做什么', permissions: (names: string) => names || '没有任何权限', custom: '自定义',
    freeze: '停用账号', freezeTitle: '停用账号', freezeHint: '停用后立即退出所有设备，对方能看到原因。', freezeReasons: ['已离职', '手机丢失', '暂时不用'], frozenDone: '已停用', unfreeze: '恢复使用', unfreezeConfirm: (name: string) => `让${name}重新可以登录？`, unfrozen: '已恢复',
    reset: '重置密码', resetHint: '重置后对方要用新密码重新登录所有设备。', newPassword: '新密码（至少 8 位）', resetDone: '密码已重置',
    devices: '登录中的设备', noDevices: '没有登录中的设备', endAll: '全部下线', endAllConfirm: (name: string) => `让${name}的所有设备下线？`, history: '登录记录', noHistory: '还没有记录', since: '开通于', wecom: '企业微信', wechat: '微信', bound: '已绑定', unbound: '未绑定', phoneLine: '手机号', orgLine: '所属',
    ways: { password: '密码登录', wechat: '微信登录', wecom: '企业微信登录', invitation: '接受邀请' } as Record<string, string>,
    verbs: { sign_in: '登录', sign_in_failed: '密码错误', sign_in_refused: '已停用，登录被拒', sign_out: '退出', end_session: '一台设备下线', end_sessions: '全部设备下线', set_password: '重置密码', change_password: '修改密码', freeze: '停用', unfreeze: '恢复', bind_wechat: '绑定微信', bind_wecom: '绑定企业微信', unbind_wecom: '解绑企业微信' } as Record<string, string>,
    by: (name: string) => `由${name}操作`,
  },

  roles: {
    title: '员工角色', one: '角色', add: '新建角色', build: '自己组合角色', own: '自己组合的', builtIn: '系统自带的', hint: '给员工几样能做的事，起个名字，就是一个角色。改了马上对用它的人生效。', none: '还没有自己组合的角色',
    used: (count: number) => `${count} 人在用`, count: (count: number) => `可以做 ${count} 件事`, name: '角色名', namePlaceholder: '如：跟单员', note: '说明', notePlaceholder: '给谁用，选填', from: '从哪个角色开始',
    builtInHint: '系统自带的角色不能改，可以照着它新建一个再增减。', copy: '照它新建一个', saved: '已保存', nameMissing: '请填写角色名', baseMissing: '请选择从哪个角色开始', heldMissing: '请至少打开一项',
    retire: '停用这个角色', retireConfirm: (name: string) => `停用“${name}”？`, retireHint: (count: number) => `还有 ${count} 人在用，请选择他们改用的角色：`, successorMissing: '请选择改用的角色', retired: '已停用',
  },

  papers: {
    title: '我的资质', add: '新增资质', renew: '换证', number: '证号', issuer: '发证机关', from: '开始', until: '到期', period: '有效期', forever: '长期有效', valid: '有效', kind: '类型', name: '名称', nameMissing: '请写明是什么资质',
    span: (from: string, until: string) => (from ? `${from} 至 ${until || '长期'}` : until ? `至 ${until}` : '长期'), empty: '还没有资质', emptyHint: '营业执照、食品经营许可证等录入后，到期前会提醒', noFile: '没有上传文件', photo: '证照照片', photoHint: '拍新证，每页一张（最多 6 张）', pdf: 'PDF',
    saved: '已保存', wrongPeriod: '到期不能早于开始', readOnly: '需要更新请联系负责人', bySupplier: '资质由供货方登记，需要更新请联系供货方', uploading: '照片还在上传，请稍等',
    alert: (name: string, words: string) => `${name} ${words}`, alertMore: (name: string, words: string, count: number) => `${name} ${words}，共 ${count} 份资质要换证`, go: '去换证',
  },

  invite: {
    title: '邀请', hint: '对方扫码后自己填写姓名和手机号，微信登录即绑定，不用您代设密码。', store: '邀请店主', staff: '邀请员工', chooseStore: '邀请哪家门店的店主', chooseRole: '邀请成什么角色', searchStore: '搜门店名称、编码', noStore: '没有找到门店', empty: '还没有发过邀请', name: '称呼（只有您看得到，选填）', made: '邀请已生成',
    states: { open: '等待接受', used: '已接受', expired: '已过期', revoked: '已撤回' } as Record<string, string>,
    until: (when: string) => `${when} 前有效`, usedBy: (name: string, when: string) => `${name}于 ${when} 加入`, madeBy: (name: string) => `由${name}发出`,
    scan: (role: string) => `请用微信扫码加入，成为${role}`, miniCode: '小程序码', linkCode: '网页二维码', save: '长按二维码可保存或转发', share: '转发给微信好友', copy: '复制邀请链接', copied: '链接已复制，可发给对方', shareTitle: (org: string, role: string) => `邀请您成为“${org}”的${role}`,
    withdraw: '撤回邀请', withdrawConfirm: '撤回后这个二维码和链接立即失效。', withdrawn: '已撤回', over: '这个邀请已经不能再用了', again: '重新邀请',
  },

  join: {
    title: '接受邀请', checking: '正在查看邀请…', invited: (org: string, role: string) => `邀请您成为“${org}”的${role}`, supplier: (name: string) => `供货方：${name}`, name: '您的姓名', namePlaceholder: '请输入姓名', phone: '手机号', password: '设置登录密码', passwordHint: '至少 8 位', passwordOptional: '设置密码（选填，可用手机号登录）', submit: '加入并开始使用', wechatSubmit: '微信登录并加入', working: '正在加入…', noToken: '邀请链接不完整，请重新扫码', toLogin: '我已有账号，去登录', nameMissing: '请填写姓名', phoneInvalid: '请填写 11 位手机号', passwordShort: '密码至少 8 位', notNow: '暂时不能加入', wechatFailed: '没有取得微信登录凭证，请再试一次',
  },

  password: { title: '修改密码', old: '当前密码', fresh: '新密码', again: '再输一次', hint: '至少 8 位', tooShort: '新密码至少 8 位', different: '两次输入的新密码不一致', submit: '修改密码', done: '密码已修改', others: '修改后，其他设备需要重新登录' },
}
