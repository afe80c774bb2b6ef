import { answer, api } from '@/api/client'
import { defineArea } from '@/shell/areas'
import { COOPERATION, KINDS, PAPERS, SETTLEMENT, STORE_KINDS } from './archive'

export default defineArea({
  menu: [
    { group: '渠道', title: '经销商', to: '/dealers', icon: 'dealer', order: 10, permission: 'channel.read', keywords: 'jingxiaoshang jxs 档案 资质' },
    { group: '渠道', title: '渠道层级', to: '/tree', icon: 'tree', order: 20, permission: 'channel.read', keywords: 'qudaocengji qdcj 树 上级 下级 移动' },
  ],
  routes: [
    { path: 'dealers', name: 'dealers', component: () => import('./DealersPage.vue'), meta: { permission: 'channel.read' } },
    { path: 'dealers/:id(\\d+)', name: 'dealer', component: () => import('./OrgPage.vue'), meta: { permission: 'channel.read', menu: '/dealers' } },
    { path: 'tree', name: 'tree', component: () => import('./TreePage.vue'), meta: { permission: 'channel.read' } },
  ],
  finders: [
    {
      title: '经销商和门店', icon: 'dealer', permission: 'channel.read',
      find: async (words, signal) => {
        const found = await answer(api.GET('/api/v1/orgs', { params: { query: { q: words, limit: 6 } }, signal }))
        return found.items
          .filter((org) => org.kind !== 'brand')
          .map((org) => ({ title: org.name, note: KINDS[org.kind], to: `/${org.kind === 'store' ? 'stores' : 'dealers'}/${org.id}` }))
      },
    },
  ],
  audit: {
    subjects: { segment: '客户分群', qualification: '资质' },
    verbs: {
      move: '调整上级', assign: '分配业务员', add_contact: '新增联系人', edit_contact: '修改联系人', remove_contact: '删除联系人',
      add_qualification: '新增资质', edit_qualification: '修改资质', remove_qualification: '删除资质', set_tags: '修改标签',
    },
    fields: {
      grade: '等级', settlement_method: '结算方式', due_day: '结算日', credit_days: '账期天数', cooperation: '合作状态', cooperating_since: '合作起始',
      store_kind: '门店类型', size_sqm: '面积', lat: '纬度', lng: '经度', photo_id: '照片', reps: '业务员', contact: '联系人', number: '证号', issuer: '发证机关',
      valid_from: '有效期自', valid_until: '有效期至', file_ids: '文件数', tags: '标签', parent: '上级', moved: '一起移动的组织数', conditions: '条件', store_kinds: '门店类型', ordered_within: '几天内下过单', not_ordered_for: '几天没有下单', amount_from_fen: '进货金额不低于',
      amount_to_fen: '进货金额不高于', amount_days: '统计天数',
    },
    values: { settlement_method: SETTLEMENT, cooperation: COOPERATION, store_kind: STORE_KINDS, store_kinds: STORE_KINDS, kind: PAPERS },
    page: { org: (id) => `/dealers/${id}` },
  },
})
