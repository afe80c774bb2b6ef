const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aShop, me, ok, problem, soda } = require('./shop.cjs')

/** The shop with a stock of its own and a server that counts what is scanned; `taken` are the scans by their ids. */
function aShopThatSells() {
  const taken = new Map()
  const finished = []
  const lines = () => {
    const counted = new Map()
    for (const { pack, count, undone } of taken.values()) if (!undone && pack) counted.set(pack, (counted.get(pack) ?? 0) + count)
    return [...counted].map(([pack, count]) => ({
      product_id: soda.id, product_name: soda.name, product_code: soda.code, color: soda.color, base_unit: '瓶', shelf_life_days: 365, packaging_id: pack.id, packaging_name: pack.name,
      unit_qty: pack.unit_qty, count, qty: count * pack.unit_qty, lot_code: '', produced_on: null, expires_on: null, serials: 0, needs_lot: false, packagings: soda.packagings,
    }))
  }
  const session = () => ({
    id: 5, number: 'XS261125000005', kind: 'sale', state: finished.length > 0 ? 'finished' : 'open', warehouse: { id: 1, name: '主仓' }, reason: '', reason_name: '', note: '', opened_by: '王芳',
    opened_at: '2026-11-25T08:00:00Z', ended_by: '', ended_at: null, keeps_lots: false, scans: taken.size, qty: 0, lines: lines(), unknown: [],
  })
  const take = (scan) => {
    const pack = soda.packagings.find((one) => scan.code.includes(one.gtin.replace(/^0/, '')))
    const before = taken.get(scan.id)
    taken.set(scan.id, { pack, count: scan.count ?? 1, undone: Boolean(scan.undone || before?.undone) })
    return {
      id: scan.id, state: scan.undone ? 'undone' : 'counted', code: scan.code, problem: '', product_id: soda.id, product_name: soda.name, packaging_id: pack.id, packaging_name: pack.name,
      unit_qty: pack.unit_qty, count: scan.count ?? 1, qty: 0, base_unit: '瓶', lot_code: '', expires_on: null, serial: '', at: scan.at, account_name: '王芳',
    }
  }
  const shop = aShop({
    'GET /stock': () => ok({
      items: [{ product_id: soda.id, product_name: soda.name, product_code: soda.code, color: soda.color, base_unit: '瓶', packagings: soda.packagings, on_hand: 48, reserved: 0, available: 48, in_transit: 0, nearest_expiry: null, freshness: 'undated' }],
      next_cursor: null,
    }),
    'GET /stock/summary': () => ok({ products: 1, on_hand: 48, reserved: 0, quarantine: 0, in_transit: 0, value_fen: 14_400, freshness: [{ freshness: 'undated', name: '无到期日', lots: 1, qty: 48, value_fen: 14_400 }] }),
    'GET /warehouses': () => ok({ items: [] }),
    'GET /scan-sessions': () => ok({ items: [], next_cursor: null }),
    'POST /scan-sessions': () => ok(session()),
    'GET /scan-sessions/:id': () => ok(session()),
    'POST /scan-sessions/:id/scans': ({ body }) => ok({ items: body.scans.map(take) }),
    'POST /scan-sessions/:id/finish': ({ header }) => (finished.push(header['Idempotency-Key']), ok(session())),
  }, { ...me, permissions: [...me.permissions, 'stock.read', 'stock.scan', 'stock.sell'] })
  return Object.assign(shop, { taken, finished })
}

async function atTheTill(server) {
  const phone = aPhone(server)
  await phone.write('login-phone', '13800000000')
  await phone.write('login-password', 'right')
  await phone.tap('login-submit')
  await phone.tap('tab-stock')
  await phone.tap('begin-sale')
  await phone.until(() => phone.find('scanner-camera'))
  return phone
}

/** WeChat's camera sees a code. */
function sees(phone, result, type = 'EAN_13') {
  phone.happen(phone.find('scanner-camera'), 'scancode', { result, type })
}

const countOf = (phone) => phone.wordsOf('scan-total')

test('what the camera goes on seeing is sold once, another packaging beside it, and the session is finished once', async () => {
  const shop = aShopThatSells()
  const phone = await atTheTill(shop.answer)
  const bottle = soda.packagings[0].gtin.slice(1)
  for (let frame = 0; frame < 3; frame += 1) sees(phone, bottle)
  await phone.until(() => phone.wordsOf('heard').includes(soda.name))
  sees(phone, soda.packagings[1].gtin, 'ITF')
  await phone.until(() => countOf(phone).includes('1箱 1瓶'))
  await phone.until(() => phone.wordsOf('scan-waiting').includes('全部上传'))
  assert.equal(shop.taken.size, 2)

  await phone.tap('scan-finish')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.includes('1箱 1瓶'), question.content)
  question.success({ confirm: true })
  await phone.until(() => phone.route === 'pages/scan/detail')
  await phone.until(() => phone.wordsOf('session-head').includes('已完成'))
  assert.equal(shop.finished.length, 1)
})

test('a shop that sells more than its books say is led to say what is there, and its scans stay', async () => {
  const shop = aShopThatSells()
  const line = { line: 0, code: 'stock_short', detail: '需要 1，只有 0', product_id: soda.id, packaging_id: soda.packagings[0].id, lot_code: '', expires_on: null, qty: 1, available_qty: 0 }
  const server = (request) => (/finish$/.test(request.path ?? request.url) ? problem(409, 'scan_lines_refused', '“青柠苏打水”不能过账：需要 1，只有 0。没有做任何改动', { lines: [line] }) : shop.answer(request))
  const phone = await atTheTill(server)
  sees(phone, soda.packagings[0].gtin.slice(1))
  await phone.until(() => phone.wordsOf('scan-waiting').includes('全部上传'))
  await phone.tap('scan-finish')
  ;(await phone.until(() => phone.dialogs.at(-1))).success({ confirm: true })
  await phone.until(() => phone.wordsOf('scan-refusal').includes('先点货入账'))
  assert.ok(countOf(phone).includes('1瓶'))
  await phone.tap('scan-opening')
  await phone.until(() => phone.asked('POST', '/api/v1/scan-sessions').at(-1).body.reason === 'opening')
})

test('what is scanned in a dead spot stays on the phone, also when the app is closed, and is sent once', async () => {
  const shop = aShopThatSells()
  let online = true
  const server = (request) => (online ? shop.answer(request) : undefined)
  const phone = await atTheTill(server)
  await phone.until(() => phone.asked('GET', '/api/v1/stock').length > 1)
  online = false
  await phone.write('scanner-input', soda.packagings[1].gtin)
  await phone.tap('scanner-add')
  await phone.until(() => countOf(phone).includes('1箱'))
  await phone.write('scanner-input', soda.packagings[1].gtin)
  await phone.tap('scanner-add')
  await phone.until(() => countOf(phone).includes('2箱'))
  await phone.tap('scan-undo')
  await phone.until(() => countOf(phone).includes('1箱'))
  assert.ok(phone.wordsOf('scan-waiting').includes('等待上传'))

  online = true
  const after = aPhone(server, phone.storage)
  await after.until(() => shop.taken.size === 2)
  assert.deepEqual([...shop.taken.values()].map((scan) => scan.undone), [false, true])
  await after.tap('tab-stock')
  await after.tap('scan-sessions')
  await after.until(() => after.wordsOf('book-status').includes('全部上传'))
  assert.ok(after.wordsOf('book-sale').includes('1箱'))
})

test('a code with a wrong check digit is refused at once, and nobody is asked about it', async () => {
  const shop = aShopThatSells()
  const phone = await atTheTill(shop.answer)
  sees(phone, '6901234567893')
  await phone.until(() => phone.find('heard')?.dataset.tone === 'bad')
  assert.ok(phone.wordsOf('heard').includes('校验位'))
  assert.ok(phone.requests.every((made) => !JSON.stringify(made.body ?? '').includes('6901234567893')))
})

test('whoever logs out hears how many scans are on this phone only, and may stay', async () => {
  const shop = aShopThatSells()
  let online = true
  const phone = await atTheTill((request) => (online ? shop.answer(request) : undefined))
  await phone.until(() => phone.asked('GET', '/api/v1/stock').length > 1)
  online = false
  for (const [pack, count] of [[0, '1瓶'], [1, '1箱 1瓶'], [1, '2箱 1瓶']]) {
    await phone.write('scanner-input', soda.packagings[pack].gtin)
    await phone.tap('scanner-add')
    await phone.until(() => countOf(phone).includes(count))
  }
  const left = await phone.until(() => /(\d+) 条/.exec(phone.wordsOf('scan-waiting'))?.[1])
  phone.back(1)
  await phone.tap('tab-mine')
  await phone.tap('logout')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.startsWith(`${left} 条扫码还在这台手机上`), question.content)
  question.success({ confirm: false })
  assert.equal(phone.route, 'pages/home/home')
})
