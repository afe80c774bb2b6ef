const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aDealer, atPage } = require('./dealer.cjs')
const { aPhone } = require('./phone.cjs')
const { ok, problem } = require('./shop.cjs')

const invitation = { id: 4, org: { id: 9, name: '河坊街副食' }, role: 'store_owner', role_name: '店主', name: '', state: 'open', made_by: '唐雪芳', created_at: '2026-11-25T00:00:00Z', expires_at: '2026-12-02T00:00:00Z' }
const shown = { ...invitation, link: 'https://example.com/#/pages/join/join?t=abc', qr: 'data:image/png;base64,AAAA', mini_code: null }

test('a customer without an account is written an order that he picks up himself, at his own prices', async () => {
  const shop = aDealer()
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/order?id=9')
  await phone.tap('add-case-P1')
  await phone.until(() => phone.wordsOf('order-total') === '¥72.00')
  await phone.tap('order-check')
  await phone.until(() => phone.wordsOf('order-address').includes('河坊街 8 号'))
  await phone.tap('delivery-pickup')
  await phone.tap('order-submit')
  await phone.until(() => phone.route === 'pages/order/review')
  const [{ body }] = phone.asked('POST', '/api/v1/orders')
  assert.deepEqual([body.buyer_id, body.delivery_method, body.lines.length], [9, 'pickup', 1])
  assert.equal(phone.asked('GET', '/api/v1/catalog/products').at(-1).query.buyer_id, '9')
})

test('a seller who orders below his own minimum is asked first, and may go on', async () => {
  const findings = [{ pointer: '', code: 'minimum', detail: '还差 ¥28.00 起送（满 ¥100.00）' }]
  const terms = { min_fen: 10_000, missing_fen: 2_800, dates: [], cut_off_at: null, findings }
  const line = { line_no: 1, product_id: 1, packaging_id: 12, packaging_qty: 1, unit_qty: 24, qty: 24, price_fen: 300, amount_fen: 7_200, steps: [], problem: null }
  const shop = aDealer({ 'POST /orders/quote': () => ok({ lines: [line], total_fen: 7_200, credit: null, terms }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/order?id=9')
  await phone.tap('add-case-P1')
  await phone.until(() => phone.wordsOf('order-for').includes('河坊街副食'))
  await phone.tap('order-check')
  await phone.until(() => phone.wordsOf('terms').includes('还差 ¥28.00'))
  await phone.tap('order-submit')
  const asked = await phone.until(() => phone.dialogs.find((one) => one.content.includes('还差 ¥28.00 起送')))
  assert.deepEqual(shop.orders, [])
  asked.success({ confirm: true })
  await phone.until(() => shop.orders.length === 1)
  assert.equal(shop.orders[0].override_rules, true)
})

test('an order for a customer that is made without network waits under the own orders, and goes out once', async () => {
  const shop = aDealer()
  let online = true
  const server = (request) => (online ? shop.answer(request) : undefined)
  const phone = await atPage(aPhone(server), '/pages/customer/order?id=9')
  await phone.tap('add-case-P1')
  await phone.until(() => phone.wordsOf('order-for').includes('河坊街副食'))
  online = false
  await phone.tap('order-check')
  await phone.until(() => phone.find('order-offline'))
  await phone.tap('order-submit')
  await phone.until(() => phone.route === 'pages/cart/result')
  await phone.until(() => phone.words.includes('代河坊街副食下的订单已保存在本机'))
  const [first] = phone.asked('POST', '/api/v1/orders')

  online = true
  const after = aPhone(server, phone.storage)
  await after.until(() => shop.orders.length > 0)
  assert.equal(shop.orders.length, 1)
  assert.equal(shop.orders[0].buyer_id, 9)
  assert.equal(after.asked('POST', '/api/v1/orders')[0].header['Idempotency-Key'], first.header['Idempotency-Key'])
})

test('an order for a customer that was refused can be put right, and its goods are there still', async () => {
  const unmet = problem(422, 'rules_unmet', '还差 ¥28.00 起送（满 ¥100.00）')
  let online = false
  const shop = aDealer({ 'POST /orders': () => (online ? unmet : undefined) })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/order?id=9')
  await phone.tap('add-case-P1')
  await phone.until(() => phone.wordsOf('order-for').includes('河坊街副食'))
  await phone.tap('order-check')
  await phone.tap('order-submit')
  await phone.until(() => phone.route === 'pages/cart/result')
  online = true
  const after = aPhone(shop.answer, phone.storage)
  await after.until(() => after.wordsOf('order-waiting').includes('还差 ¥28.00 起送'))
  await after.tap('waiting-put-back')
  await after.until(() => after.route === 'pages/customer/order' && after.wordsOf('order-total') === '¥72.00')
  after.back(1)
  await after.until(() => !after.find('order-waiting'))
})

test('the owner of a store is invited from its page by a code that is shown at once', async () => {
  const shop = aDealer({ 'GET /invitations': () => ok({ items: [], next_cursor: null }), 'POST /invitations': () => ({ statusCode: 201, data: invitation }), 'GET /invitations/:id': () => ok(shown) })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/detail?id=9')
  await phone.tap('customer-invite')
  await phone.until(() => phone.route === 'pages/staff/invitation' && phone.find('invite-code'))
  assert.deepEqual(phone.asked('POST', '/api/v1/invitations')[0].body, { org_id: 9, role: 'store_owner' })
})

test('an invitation that was sent already is shown again, or the code in the owner\'s chat would be worthless', async () => {
  const shop = aDealer({ 'GET /invitations': () => ok({ items: [invitation], next_cursor: null }), 'GET /invitations/:id': () => ok(shown) })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/detail?id=9')
  await phone.tap('customer-invite')
  await phone.until(() => phone.route === 'pages/staff/invitation')
  assert.deepEqual(phone.asked('POST', '/api/v1/invitations'), [])
})

test('a tag is put on a customer from the list of customers on', async () => {
  const shop = aDealer({ 'POST /customers/:id/tags': () => ok({ tags: ['夜市', '社区店'] }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/customer/list')
  await phone.until(() => phone.wordsOf('customer-9').includes('无账号'))
  await phone.tap('customer-9')
  await phone.until(() => phone.wordsOf('customer-title') === '河坊街副食')
  await phone.write('customer-new-tag', '社区店')
  await phone.tap('customer-add-tag')
  await phone.until(() => phone.asked('POST', '/api/v1/customers/9/tags').length === 1)
  assert.deepEqual(phone.asked('POST', '/api/v1/customers/9/tags')[0].body, { tags: ['夜市', '社区店'] })
})
