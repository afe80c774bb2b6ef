const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aDealer, atPage } = require('./dealer.cjs')
const { aPhone } = require('./phone.cjs')
const { ok, problem } = require('./shop.cjs')

const said = (phone) => [...phone.toasts, ...phone.dialogs.map((one) => one.content)].join(' ')

test('a dealer reads where he may sell what, what is his alone, and what ends soon', async () => {
  const soon = new Date(Date.now() + 5 * 86_400_000)
  const day = `${soon.getFullYear()}-${String(soon.getMonth() + 1).padStart(2, '0')}-${String(soon.getDate()).padStart(2, '0')}`
  const area = { id: 1, org_id: 3, org_name: '', region_code: '330100', region_name: '杭州市', category_id: 1, category_name: '饮料', exclusive: true, from_on: '2026-01-01', until_on: day, standing: 'current', revoked_on: null, revoke_reason: '' }
  const shop = aDealer({ 'GET /authorities': () => ok({ items: [area], next_cursor: null }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/account/authorities')
  await phone.until(() => phone.wordsOf('area-330100').includes('独家'))
  assert.ok(phone.wordsOf('area-330100').includes('5 天后到期'), phone.words)
})

test('without network a page of the archive says so, and reads anew when it is asked', async () => {
  let online = true
  const shop = aDealer({ 'GET /authorities': () => ok({ items: [], next_cursor: null }) })
  const phone = await atPage(aPhone((request) => (online ? shop.answer(request) : undefined)), '/pages/customer/list')
  online = false
  phone.open('/pages/account/authorities')
  await phone.until(() => phone.words.includes('网络不通，请检查网络后重试'))
  online = true
  await phone.tap('list-retry')
  await phone.until(() => phone.words.includes('还没有区域授权'))
})

test('a store price below the floor is refused in the field, with the limit and whose rule it is', async () => {
  const cell = { price_fen: 320, entry_id: 6, until_on: null, base_fen: 320, next_from: null, next_fen: null }
  const row = { product_id: 1, product_name: '青柠苏打水', product_code: 'P1', spec: '500ml×24', base_unit: '瓶', limits: { floor_fen: 280, guide_fen: 350, ceiling_fen: 400, source: '省代指导价' }, cells: [cell] }
  const shop = aDealer({
    'GET /price-lists': () => ok({ groups: [{ price_group: '标准价', buyers: 2 }], buyers: [], sets_prices: true, next_cursor: null }),
    'GET /prices/matrix': () => ok({ items: [row], next_cursor: null }),
    'GET /prices/history': () => ok({ items: [] }),
    'POST /prices': () => ok({ items: [] }),
  })
  const phone = await atPage(aPhone(shop.answer), '/pages/price/list')
  await phone.tap('price-1')
  await phone.write('price-input', '2.5')
  await phone.until(() => phone.wordsOf('price-wrong').includes('不能低于 ¥2.80（省代指导价）'))
  await phone.write('price-input', '3.5')
  await phone.tap('price-save')
  await phone.until(() => phone.asked('POST', '/api/v1/prices').length === 1)
  assert.deepEqual(phone.asked('POST', '/api/v1/prices')[0].body.prices, [{ product_id: 1, price_fen: 350, seen_fen: 320 }])
})

const rules = { version: 3, minimums: [{ audience: { kind: 'all', key: '', buyer_id: null }, min_fen: 30_000 }], goods: [], calendars: [], days: [], updated_by: null, updated_at: null }

test('a minimum that is no amount is asked for again, a good one is saved with the version that was read', async () => {
  const shop = aDealer({ 'GET /order-rules': () => ok(rules), 'POST /order-rules': ({ body }) => ok({ ...rules, ...body, version: 4 }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/rules/rules')
  await phone.write('rules-minimum', '三百')
  await phone.tap('rules-save')
  await phone.until(() => said(phone).includes('请填写正确的金额'))
  await phone.write('rules-minimum', '500')
  await phone.tap('rules-save')
  await phone.until(() => phone.asked('POST', '/api/v1/order-rules').length === 1)
  const { body } = phone.asked('POST', '/api/v1/order-rules')[0]
  assert.deepEqual([body.version, body.minimums[0].min_fen], [3, 50_000])
})

const paper = { id: 5, org_id: 3, kind: 'food_licence', name: '', number: 'JY1', issuer: '市场监督管理局', valid_from: null, valid_until: '2026-12-15', days_left: 12, state: 'expiring', note: '', documents: [], version: 2, updated_at: '2026-11-25T00:00:00Z' }

test('a licence that ends soon stands on the first page, and the new one is entered on the phone', async () => {
  const shop = aDealer({ 'GET /orgs/:id/qualifications': () => ok({ items: [paper] }), 'PATCH /qualifications/:id': () => ok({ ...paper, version: 3 }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/list')
  phone.back(1)
  await phone.until(() => phone.wordsOf('paper-alert').includes('食品经营许可证 12 天后到期'))
  await phone.tap('paper-alert')
  await phone.tap('paper-renew-5')
  await phone.until(() => phone.find('paper-sheet'))
  await phone.write('paper-number', 'JY2')
  await phone.tap('paper-forever')
  await phone.tap('paper-save')
  await phone.until(() => phone.asked('PATCH', '/api/v1/qualifications/5').length === 1)
  const { body } = phone.asked('PATCH', '/api/v1/qualifications/5')[0]
  assert.deepEqual([body.number, body.valid_until, body.version], ['JY2', null, 2])
})

test('a store that was half written down when the phone rang is there still, and is kept once', async () => {
  const shop = aDealer({ 'POST /orgs': () => problem(422, 'invalid_input', '这个门店已经有了') })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/edit')
  await phone.write('customer-name', '河坊街副食')
  const after = aPhone(shop.answer, phone.storage)
  after.open('/pages/customer/edit')
  await after.until(() => after.find('draft-note'))
  await after.tap('customer-save')
  await after.until(() => said(after).includes('这个门店已经有了'))
  assert.equal(after.asked('POST', '/api/v1/orgs')[0].body.name, '河坊街副食')
})
