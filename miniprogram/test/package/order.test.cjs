const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aShop, problem, soda, tea } = require('./shop.cjs')

/** A phone on which the owner is logged in, with the catalogue before her. */
async function inTheShop(shop, storage) {
  const phone = aPhone(shop.answer, storage)
  if (storage === undefined) {
    await phone.write('login-phone', '13800000000')
    await phone.write('login-password', 'right')
    await phone.tap('login-submit')
  }
  await phone.until(() => phone.find('product-P1'))
  return phone
}

async function scan(phone, code) {
  phone.scans.push(code)
  await phone.tap('scan-open')
  const result = await phone.until(() => phone.find('scan-result'), `no word about ${code}`)
  const said = { tone: result.dataset.tone, words: phone.wordsOf('scan-result') }
  await phone.tap('scan-close')
  await phone.until(() => !phone.find('scan-layer'))
  return said
}

async function toTheCart(phone) {
  await phone.tap('tab-cart')
  await phone.until(() => phone.wordsOf('cart-address').includes('文三路 88 号'))
}

test('the catalogue shows the own price of a bottle and of a case', async () => {
  const phone = await inTheShop(aShop())
  const words = phone.wordsOf('product-P1')
  for (const part of ['青柠苏打水', '¥3.00', '¥72.00/箱']) assert.ok(words.includes(part), words)
  assert.ok(phone.wordsOf('product-P2').includes('¥4.20'))
})

test('a tap puts a case into the cart, another tap one more', async () => {
  const phone = await inTheShop(aShop())
  await phone.tap('add-case-P1')
  await phone.until(() => phone.wordsOf('cart-bar').includes('¥72.00'))
  await phone.tap('qty-P1-plus')
  await phone.until(() => phone.wordsOf('cart-bar').includes('¥144.00'))
})

test('the barcode of a case adds a case, that of a bottle a bottle', async () => {
  const phone = await inTheShop(aShop())
  const box = await scan(phone, soda.packagings[1].gtin)
  assert.deepEqual([box.tone, box.words.includes('1箱')], ['good', true])
  const bottle = await scan(phone, tea.packagings[0].gtin.slice(1))
  assert.deepEqual([bottle.tone, bottle.words.includes('1瓶')], ['good', true])
  // A case of 24 at 3.00 and a bottle at 4.20
  await phone.until(() => phone.wordsOf('cart-bar').includes('¥76.20'))
})

test('an unknown barcode is shown with its digits, a misread one is not even asked about', async () => {
  const phone = await inTheShop(aShop())
  const unknown = await scan(phone, '6291041500213')
  assert.equal(unknown.tone, 'bad')
  assert.ok(unknown.words.includes('没有这个条码') && unknown.words.includes('6291041500213'), unknown.words)
  const misread = await scan(phone, '6901234567893')
  assert.equal(misread.tone, 'bad')
  assert.ok(misread.words.includes('校验位') && misread.words.includes('6901234567893'), misread.words)
  assert.equal(phone.requests.filter((made) => made.path.includes('/scan/')).length, 1)
  assert.equal(phone.find('cart-bar'), undefined)
})

test('an order is sent once, with its key, what the owner saw and where it goes; the list shows it', async () => {
  const shop = aShop()
  const phone = await inTheShop(shop)
  await phone.tap('add-case-P1')
  await scan(phone, tea.packagings[0].gtin.slice(1))
  await toTheCart(phone)
  await phone.until(() => phone.wordsOf('cart-total') === '¥76.20')
  await phone.tap('cart-submit')
  await phone.until(() => phone.route === 'pages/cart/result')
  await phone.until(() => phone.wordsOf('submit-result').includes('¥76.20'))

  const sent = phone.asked('POST', '/api/v1/orders')
  assert.equal(sent.length, 1)
  assert.match(sent[0].header['Idempotency-Key'], /^[0-9a-f-]{36}$/)
  assert.deepEqual(sent[0].body, {
    delivery_method: 'deliver', address_id: 5, wished_on: null, note: '',
    lines: [
      { product_id: 1, packaging_id: 12, packaging_qty: 1, price_fen: 300 },
      { product_id: 2, packaging_id: 21, packaging_qty: 1, price_fen: 420 },
    ],
  })
  // The permission to be told by WeChat was asked for in the same tap.
  assert.deepEqual(phone.asked('POST', '/api/v1/me/subscriptions').map((made) => made.body), [{ template_id: 'T1', accepted: true }])

  await phone.tap('result-more')
  await phone.tap('tab-orders')
  await phone.until(() => phone.wordsOf('order-26112400001').includes('¥76.20'))
  assert.ok(phone.wordsOf('order-26112400001').includes('待审核'))
  assert.equal(phone.find('cart-bar'), undefined)
})

test('an order made without network waits, outlives the app, and goes out once with its first key', async () => {
  const shop = aShop()
  let online = true
  const server = { answer: (request) => (online ? shop.answer(request) : undefined) }
  const phone = await inTheShop(server)
  await phone.tap('add-case-P1')
  await toTheCart(phone)
  await phone.until(() => phone.wordsOf('cart-total') === '¥72.00')
  online = false
  await phone.tap('cart-submit')
  await phone.until(() => phone.route === 'pages/cart/result')
  assert.equal(phone.find('submit-result').dataset.state, 'waiting')
  const [first] = phone.asked('POST', '/api/v1/orders')

  online = true
  const after = await inTheShop(server, phone.storage)
  await after.until(() => shop.orders.length > 0)
  await after.tap('tab-orders')
  await after.until(() => after.find('order-26112400001'))
  assert.equal(shop.orders.length, 1)
  assert.equal(after.asked('POST', '/api/v1/orders')[0].header['Idempotency-Key'], first.header['Idempotency-Key'])
  assert.equal(after.find('order-waiting'), undefined)
})

test('an order that is refused leaves the goods in the cart, and says why', async () => {
  const shop = aShop({ 'POST /orders': () => problem(409, 'org_frozen', '杭州江南商贸已被冻结：资质到期') })
  const phone = await inTheShop(shop)
  await phone.tap('add-case-P1')
  await toTheCart(phone)
  await phone.tap('cart-submit')
  await phone.until(() => [...phone.toasts, ...phone.dialogs.map((one) => one.content)].some((words) => words.includes('冻结')))
  assert.equal(phone.route, 'pages/home/home')
  const after = await inTheShop(shop, phone.storage)
  await after.until(() => after.wordsOf('cart-bar').includes('¥72.00'))
})
