/** The server of a dealer's owner with one store that has no account yet, as far as the package asks it. */

const { aShop, me, ok } = require('./shop.cjs')

const PERMISSIONS = [
  'account.manage', 'catalog.read', 'channel.manage', 'channel.read', 'customer.manage', 'order.approve', 'order.create', 'order.create_for', 'order.read', 'price.manage',
  'role.manage', 'rule.manage', 'settlement.read', 'territory.read',
]
const boss = {
  ...me, account_id: 8, name: '唐雪芳', role: 'dealer_owner', role_name: '经销商老板', permissions: PERMISSIONS,
  org: { id: 3, kind: 'dealer', name: '杭州江南商贸', address: '', contact_name: '', contact_phone: '' }, supplier: { id: 1, name: '青屿食品饮料' },
}
const store = {
  id: 9, parent_id: 3, kind: 'store', code: 'S9', name: '河坊街副食', status: 'active', frozen_reason: null, address: '河坊街 8 号', contact_name: '陈婶', contact_phone: '13857100000',
  store_kind: 'grocery', size_sqm: 40, grade: 'C', tags: ['夜市'], version: 2, lat: null, lng: null, photo_id: null, price_group: 'standard',
}
const row = { ...store, has_account: false, last_order_at: null, amount_fen: 0, order_count: 0 }
const bought = { amount_fen: 0, orders: 0, last_order_at: null, products: [] }

/** `replace` answers single requests otherwise. */
function aDealer(replace = {}, person = boss) {
  const shop = aShop(
    {
      'GET /customers': () => ok({ items: [row], next_cursor: null }),
      'GET /customers/:id': () => ok({ org: store, has_account: false, purchases: bought }),
      'GET /customer-tags': () => ok({ items: ['夜市', '社区店'] }),
      'GET /segments': () => ok({ items: [] }),
      'GET /orgs/:id': () => ok(store),
      ...replace,
    },
    person,
  )
  return shop
}

/** The boss is logged in and opens a page, as a cell of 我的 leads there. */
async function atPage(phone, url) {
  await phone.write('login-phone', '13900000101')
  await phone.write('login-password', 'right')
  await phone.tap('login-submit')
  await phone.until(() => phone.route === 'pages/home/home')
  phone.open(url)
  return phone
}

module.exports = { aDealer, atPage, boss, store }
