/** What the pages of the system say. */
export const t = {
  outbox: {
    title: '通知队列',
    states: { failed: '发送失败', pending: '等待发送', delivered: '已送达', skipped: '无需发送' },
    channels: { event: '系统事件', wecom_card: '企业微信卡片', wecom_update: '企业微信卡片更新', wecom_text: '企业微信消息', subscribe: '微信订阅消息' } as Record<string, string>,
    cols: { id: '编号', channel: '渠道', topic: '内容', about: '关于', to: '发给', state: '状态', attempts: '次数', error: '原因', created: '产生时间', next: '下次发送', delivered: '送达时间' },
    event: '展开后逐个通知',
    people: (names: string[]) => (names.length > 3 ? `${names.slice(0, 3).join('、')}等 ${names.length} 人` : names.join('、')),
    retry: '重新发送',
    retried: '已放回队列，马上重新发送',
    gone: '已不存在',
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
