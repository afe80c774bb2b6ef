/** What the pages of the system say. */
export const t = {
  outbox: {
    title: '通知队列',
    states: { failed: '发送失败', pending: '等待发送', delivered: '已送达', skipped: '无需发送' },
    channels: { event: '待分发', wecom_card: '企业微信审批卡片', wecom_update: '企业微信卡片更新', wecom_text: '企业微信消息', subscribe: '微信订阅消息' } as Record<string, string>,
    topics: {
      'order.submitted': '新订单', 'order.first_approve': '订单初审通过', 'order.approve': '订单审核通过', 'order.reject': '订单被驳回', 'order.cancel': '订单取消', 'order.issue': '订单出库',
      'order.receive': '订单签收', 'order.close': '订单完结', 'order.hold': '订单挂起', 'order.resume': '订单恢复', 'payment.registered': '登记收款', 'approval.stale': '审批超时提醒', 'approval.escalated': '审批升级', 'chat.answer': '聊天回复', 'chat.again': '重复处理的提示',
    } as Record<string, string>,
    cols: { id: '编号', channel: '渠道', topic: '内容', state: '状态', attempts: '次数', error: '原因', created: '产生时间', next: '下次发送', delivered: '送达时间' },
    retry: '重新发送',
    retried: '已放回队列，马上重新发送',
    empty: '没有发送失败的通知',
    emptyOther: '没有这样的通知',
    home: '通知没有送达',
    homeCount: (count: string) => `有 ${count} 条通知发送失败`,
  },
  audit: {
    title: '操作记录', kind: '对象类型', only: '只看', onlyPerson: '只看这个人', from: '开始日期', to: '结束日期',
    cols: { at: '时间', who: '操作人', verb: '操作', subject: '对象', changes: '内容', field: '项目', before: '原来', after: '现在' },
  },
}
