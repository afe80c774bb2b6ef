/** What alerts about stock, thresholds and suggested restock say. */
export const alerts = {
  title: '库存预警', settings: '预警设置', kinds: { low: '低库存', high: '高库存', soon: '临期' }, all: '全部', own: '自己的', below: '下级门店', mine: '转给我的', snoozed: '稍后提醒', closed: '已结束',
  empty: '没有预警，库存都在合适的范围', emptySnoozed: '没有设为稍后提醒的预警', emptyClosed: '还没有结束的预警',
  home: (low: number, high: number, soon: number) => [low && `低库存 ${low}`, high && `高库存 ${high}`, soon && `临期 ${soon}`].filter(Boolean).join('，'), homeGo: '去处理', many: (count: number) => (count >= 1000 ? '999+' : String(count)),
  since: (when: string) => `${when}开始`, over: (when: string) => `${when}结束`, ordered: (number: string) => `已下单 ${number}`, heldBy: (name: string) => `已转交${name}`, until: (day: string) => `${day} 再提醒`, remindedBy: (name: string, when: string) => `${name}${when}提醒过`,
  stock: '可用', onWay: '在途', used: (days: number) => `近 ${days} 天用量`, cover: '约够', days: (count: number) => `${count} 天`, noUse: '没有用量', limit: '界线', limitDays: (count: number) => `${count} 天的用量`, excess: '多出', ageing: '临期', expired: '已过期',
  line: (days: number) => `近 ${days} 天每天用量`, lineEmpty: '这段时间没有出库或销售', perDay: (most: string) => `最多一天 ${most}`,
  lots: '临期批次', lotDays: (days: number) => (days < 0 ? `过期 ${-days} 天` : days === 0 ? '今天到期' : `剩 ${days} 天`), unsold: (qty: string) => `按现在的速度到期还剩 ${qty}`, soldInTime: '按现在的速度能卖完',
  proposal: '建议补货', why: '怎么算的', lead: (days: number, from: number) => (from ? `到货时间 ${days} 天，取最近 ${from} 次到货的中位数` : `到货时间 ${days} 天，还没有足够的到货记录，用默认值`),
  order: '一键补货', toCart: '放入购物车', orderTitle: '提交补货订单', to: (name: string) => `向${name}订货`, forShop: (name: string) => `替${name}下单`, deliverTo: '送到', noAddress: '还没有收货地址，将由供应商确认', submit: (amount: string) => `提交订单 ${amount}`, placed: '订单已提交', added: (count: number) => `${count} 种商品已放入购物车`, see: '查看订单', missing: (amount: string) => `还差 ${amount} 起送，可以放入购物车再加别的商品`,
  snooze: '稍后提醒', snoozeTitle: '什么时候再提醒', tomorrow: '明天', inDays: (days: number) => `${days} 天后`, snoozeReasons: ['已经在处理', '等促销结束', '季节性商品', '等供应商到货'], snoozeHint: '只对本公司的同事隐藏，到期还没解决会再提醒', snoozeDone: '已设为稍后提醒', why_: '原因',
  handOver: '转交', handTitle: '转交给哪位同事', handNote: '备注（选填）', handDone: '已转交', noColleagues: '没有别的同事能处理预警',
  remind: '提醒对方', remindDone: '已提醒', price: '去调门店价', priceHint: '在限价范围内设一个临时价，帮助动销', scanOut: '登记过期报废', brandHint: '品牌没有上级供应商，请安排生产或外购入库', otherPlace: '采购的货送到发货仓，这个仓库请从发货仓调拨', notOffered: '供应商暂不供应',
  restock: '建议补货', restockHint: '按近 30 天的用量、到货时间和在途货物计算', restockEmpty: '现在不用补货', restockEmptyHint: '可用和在途的货都够卖到下次到货', restockAdd: (count: number, amount: string) => `放入购物车 ${count} 种 ${amount}`, chosen: '已选', alerting: '预警中',
  rules: {
    hint: '先看自己设置的规则，没有设置时用上级给的默认值，都没有时用系统默认值。', mine: '我的规则', none: '还没有自己的规则', defaults: '上级给的默认值', builtIn: '系统默认值', add: '添加规则', save: '保存', saved: '已保存，下次检查时生效', stale: '规则刚被别人改过，已为您刷新', target: '对象', everything: '所有商品', chooseProduct: '选商品', chooseCategory: '分类',
    kinds: { low: '低库存', high: '高库存', soon: '临期', cover: '每次备货', lead: '到货时间' } as Record<string, string>, by: '按', byQty: '数量', byDays: '天数', off: '不提醒', value: '数值', audience: { own: '自己', dealer: '下级经销商', store: '下级门店' } as Record<string, string>, forWhom: '给谁用',
    says: (kind: string, qty: number | null, days: number | null, unit = ''): string => {
      if (qty === null && days === null) return '不提醒'
      const much = qty !== null ? `${qty} ${unit || '个最小单位'}` : `${days} 天`
      return ({ low: `低于 ${much}`, high: `高于 ${much}`, soon: `到期前 ${much}`, cover: `够用 ${much}`, lead: much } as Record<string, string>)[kind] ?? much
    },
    bySupplier: (name: string) => `来自${name}`, remove: '删除', removeAsk: (about: string) => `删除“${about}”的规则？之后按上级或系统的默认值提醒。`, number: '请填写大于 0 的整数', leave: '规则还没有保存', readOnly: '您可以查看，设置请联系负责人', soonBuiltIn: '按保质期长短',
  },
}
