const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aDealer, atPage, boss } = require('./dealer.cjs')
const { aShop, me, ok, soda } = require('./shop.cjs')

const more = (person, ...permissions) => ({ ...person, permissions: [...person.permissions, 'stock.read', 'stock.scan', 'warehouse.manage', ...permissions] })
const summary = { products: 1, on_hand: 60, reserved: 12, quarantine: 5, in_transit: 0, value_fen: 18_000, freshness: [{ freshness: 'fresh', name: '新鲜', lots: 1, qty: 45, value_fen: 13_500 }, { freshness: 'soon', name: '临期', lots: 1, qty: 15, value_fen: 4_500 }] }
const place = (id, name, more = {}) => ({ id, name, quarantine: false, is_default: id === 1, version: id, closed_at: null, products: 0, on_hand: 0, reserved: 0, sessions: 0, ...more })
const places = [place(1, '主仓', { products: 2, on_hand: 60 }), place(4, '城东分仓'), place(2, '隔离区', { quarantine: true })]
const item = { product_id: soda.id, product_name: soda.name, product_code: soda.code, color: soda.color, base_unit: '瓶', packagings: soda.packagings, on_hand: 60, reserved: 12, available: 48, in_transit: 0, nearest_expiry: '2026-12-10', freshness: 'soon' }
const lot = { warehouse_id: 1, warehouse_name: '主仓', quarantine: false, product_id: soda.id, product_name: soda.name, product_code: soda.code, spec: soda.spec, color: soda.color, base_unit: '瓶', packagings: soda.packagings, lot_id: 7, lot_code: 'A2611', expires_on: '2026-12-10', shelf_life_days: 60, days: 15, standing: 'soon', freshness: 'soon', on_hand: 60, reserved: 12, available: 48 }
const move = { id: 3, at: '2026-11-20T08:00:00Z', direction: 'in', qty: 60, reason: 'purchase', reason_name: '外购入库', product_id: soda.id, product_name: soda.name, product_code: soda.code, base_unit: '瓶', case_name: '箱', case_qty: 24, lot_code: 'A2611', expires_on: '2026-12-10', source: { kind: 'supply', name: '货源', org_id: 0, org_name: '' }, target: { kind: 'warehouse', name: '主仓', org_id: 3, org_name: '' }, document_kind: 'scan_session', document_name: '扫码单', document_number: 'RK261120000001', link_kind: 'scan_session', link_id: 5, account_name: '赵强' }

const routes = {
  'GET /stock': ({ query }) => ok({ items: query.warehouse_id === '2' ? [{ ...item, on_hand: 5, reserved: 0, available: 5 }] : [item], next_cursor: null }),
  'GET /stock/summary': () => ok(summary),
  'GET /warehouses': () => ok({ items: places }),
  'GET /stock/balances': () => ok({ items: [lot], next_cursor: null }),
  'GET /stock/turnover': () => ok({ items: [], next_cursor: null }),
  'GET /stock/moves': () => ok({ items: [move], next_cursor: null }),
}
const aDealerWithStock = (replace = {}) => aDealer({ ...routes, ...replace }, more(boss))

test('what lies in quarantine is shown apart, and not as something that could be sold', async () => {
  const shop = aDealerWithStock()
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/home/home?tab=stock')
  await phone.until(() => phone.wordsOf('stock-value').includes('¥180.00'))
  assert.ok(phone.wordsOf('fresh-soon').includes('25%'))
  await phone.tap('place-2')
  await phone.until(() => phone.find('stock-apart'))
  await phone.until(() => phone.wordsOf(`stock-${soda.code}`).includes('不可卖'))
  assert.equal(phone.asked('GET', '/api/v1/stock').at(-1).query.warehouse_id, '2')
})

test('in a dead spot a product shows the lots that were seen last and says so', async () => {
  const shop = aDealerWithStock()
  let online = true
  const phone = aPhone((request) => (online ? shop.answer(request) : undefined))
  await atPage(phone, `/pages/stock/product?id=${soda.id}`)
  await phone.until(() => phone.wordsOf('lot-A2611').includes('剩 15 天'))
  phone.back(1)
  online = false
  phone.open(`/pages/stock/product?id=${soda.id}`)
  await phone.until(() => phone.find('stale-note'))
  assert.ok(phone.wordsOf('product-available').includes('2箱'))
})

test('a move leads to its document', async () => {
  const phone = aPhone(aDealerWithStock().answer)
  await atPage(phone, `/pages/stock/product?id=${soda.id}`)
  await phone.tap('tab-moves')
  await phone.tap('move-3')
  await phone.until(() => phone.route === 'pages/scan/detail')
})

test('a name for a warehouse is sent once, and who is to deliver is asked before it is changed', async () => {
  const shop = aDealerWithStock({ 'POST /warehouses': ({ body }) => ok(place(5, body.name)), 'POST /warehouses/:id/default': () => ok(places[1]) })
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/stock/places')
  await phone.tap('place-add')
  await phone.until(() => phone.find('place-sheet'))
  await phone.write('place-name', '城西分仓')
  await phone.tap('place-save')
  await phone.until(() => phone.toasts.includes('仓库已新增'))
  await phone.tap('place-default')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.includes('城东分仓'))
  question.success({ confirm: true })
  await phone.until(() => phone.asked('POST', '/api/v1/warehouses/4/default').length === 1)
  assert.deepEqual(phone.asked('POST', '/api/v1/warehouses/4/default')[0].body, { version: 4 })
  assert.equal(phone.asked('POST', '/api/v1/warehouses').length, 1)
})

test('goods are scanned into the warehouse that was chosen', async () => {
  const shop = aDealerWithStock({ 'POST /scan-sessions': ({ body }) => ok({ id: 9, ...body }), 'GET /scan-sessions/:id': () => undefined })
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/home/home?tab=stock')
  await phone.tap('begin-in')
  await phone.tap('into-4')
  await phone.tap('why-purchase')
  const [made] = await phone.until(() => (phone.asked('POST', '/api/v1/scan-sessions').length > 0 ? phone.asked('POST', '/api/v1/scan-sessions') : undefined))
  assert.deepEqual([made.body.warehouse_id, made.body.reason], [4, 'purchase'])
})

test('a shop with nothing in stock is asked what is there before it sells', async () => {
  const shop = aShop({ ...routes, 'GET /stock': () => ok({ items: [], next_cursor: null }), 'GET /stock/summary': () => ok({ ...summary, products: 0, quarantine: 0 }), 'POST /scan-sessions': ({ body }) => ok({ id: 9, ...body }) }, more(me, 'stock.sell'))
  const phone = aPhone(shop.answer)
  await phone.write('login-phone', '13800000000')
  await phone.write('login-password', 'right')
  await phone.tap('login-submit')
  await phone.tap('tab-stock')
  await phone.until(() => phone.wordsOf('open-stock').includes('先点一下店里有多少货'))
  // Whoever would sell at once is asked the same, and no session of sales is begun.
  await phone.tap('begin-sale')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.includes('卖不了货'), question.content)
  question.success({ confirm: false })
  assert.equal(phone.asked('POST', '/api/v1/scan-sessions').length, 0)
  await phone.tap('open-stock-go')
  await phone.until(() => phone.route === 'pages/scan/scan')
  await phone.until(() => phone.asked('POST', '/api/v1/scan-sessions')[0]?.body.reason === 'opening')
})

test('a dealer sees what his shops sold, and one tap asks for one of them alone', async () => {
  const sales = { from: '2026-10-27', to: '2026-11-25', qty: 30, days: [{ day: '2026-11-24', qty: 30 }], orgs: [{ org_id: 9, org_name: '转角便利店', qty: 20 }, { org_id: 10, org_name: '河坊街副食', qty: 10 }], products: [{ product_id: 1, product_name: soda.name, product_code: soda.code, base_unit: '瓶', case_name: '箱', case_qty: 24, qty: 30 }] }
  const shop = aDealerWithStock({ 'GET /stock/sales/summary': ({ query }) => ok(query.org_id ? { ...sales, qty: 10 } : sales) })
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/stock/sales')
  await phone.until(() => phone.wordsOf('sales-qty') === '30')
  await phone.tap('bar-2026-11-24')
  await phone.until(() => phone.wordsOf('day-words').includes('30件'))
  await phone.tap('sold-by-10')
  await phone.until(() => phone.wordsOf('sales-qty') === '10')
  assert.equal(phone.asked('GET', '/api/v1/stock/sales/summary').at(-1).query.org_id, '10')
})
