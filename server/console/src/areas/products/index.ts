import { answer, api } from '@/api/client'
import { defineArea } from '@/shell/areas'

export default defineArea({
  menu: [
    { group: '商品与价格', title: '商品', to: '/products', icon: 'product', order: 10, permission: 'catalog.manage', keywords: 'shangpin sp 条码 包装 product' },
    { group: '商品与价格', title: '商品分类', to: '/products/categories', icon: 'category', order: 11, permission: 'catalog.manage', keywords: 'shangpinfenlei fl category' },
  ],
  routes: [
    { path: 'products', name: 'products', component: () => import('./ProductPage.vue'), meta: { permission: 'catalog.manage', title: '商品' } },
    { path: 'products/categories', name: 'categories', component: () => import('./CategoryPage.vue'), meta: { permission: 'catalog.manage', title: '商品分类' } },
  ],
  finders: [
    {
      title: '商品', icon: 'product', permission: 'catalog.manage',
      find: async (q, signal) => {
        const { items } = await answer(api.GET('/api/v1/products', { params: { query: { q, limit: 5 } }, signal }))
        return items.map((item) => ({ title: item.name, note: item.code, to: `/products?open=${item.id}` }))
      },
    },
  ],
  audit: {
    verbs: { arrange: '调整顺序', add_packaging: '新增包装', edit_packaging: '修改包装', remove_packaging: '删除包装' },
    fields: {
      packaging: '包装', unit_qty: '每件数量', gtin: '条码', image_url: '图片', color: '底色', sort: '排序', ids: '分类编号',
      guide_price_fen: '指导价', floor_price_fen: '最低价', ceiling_price_fen: '最高价',
    },
    values: { status: { active: '正常', frozen: '已冻结', stopped: '停售' } },
    page: { product: (id) => `/products?open=${id}` },
  },
})
