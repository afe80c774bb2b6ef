import { answer, api } from '@/api/client'
import { hear } from '@/live/live'
import { defineArea } from '@/shell/areas'

hear('exchange')

const EITHER = ['exchange.import', 'exchange.export'] as const

export default defineArea({
  menu: [
    { group: '数据', title: '导入导出', to: '/exchange', icon: 'exchange', order: 10, permission: EITHER, keywords: 'daorudaochu drdc excel 表格 模板 下载 import export' },
  ],
  routes: [
    { path: 'exchange', name: 'exchange', component: () => import('./ExchangePage.vue'), meta: { permission: EITHER, title: '导入导出' } },
    { path: 'exchange/import/:kind', name: 'exchange-import', component: () => import('./ImportPage.vue'), meta: { permission: 'exchange.import', title: '导入', menu: '/exchange' } },
  ],
  finders: [
    {
      title: '导入', icon: 'upload', permission: 'exchange.import',
      find: async (words, signal) => {
        const { imports } = await answer(api.GET('/api/v1/exchange/kinds', { signal }))
        return imports.filter(({ title }) => `导入${title}`.includes(words)).map(({ kind, title }) => ({ title: `导入${title}`, to: `/exchange/import/${kind}` }))
      },
    },
  ],
  audit: {
    subjects: { exchange_job: '导入导出' },
    verbs: { import: '批量导入', export: '导出' },
    fields: { file: '文件', new: '新增', changed: '更新', same: '不变', wrong: '有错', rows: '行数', filter: '条件' },
    page: { exchange_job: () => '/exchange' },
  },
})
