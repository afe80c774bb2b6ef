import { defineArea } from '@/shell/areas'

export default defineArea({
  audit: {
    subjects: { alert: '库存预警' },
    verbs: { set_alert_rules: '设置库存预警规则', snooze: '稍后提醒', hand_over: '转交', remind: '提醒', 'alert.order': '按预警下单' },
    fields: {
      product: '商品', until: '到', to: '转给', org: '组织', audience: '对象', days: '天数', added: '新增', removed: '去掉',
    },
    values: {
      audience: { own: '自己', dealer: '经销商默认', store: '门店默认' },
    },
  },
})
