const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aDealer, atPage, boss, store } = require('./dealer.cjs')
const { ok, problem, soda } = require('./shop.cjs')

const LINK = 'https://qutong.example/t/M5TCWSGE28ATA6XR1'
const person = { ...boss, permissions: [...boss.permissions, 'order.issue', 'stock.read', 'stock.scan', 'trace.scan', 'diversion.read', 'diversion.state'] }
const hand = { kind: 'goods_issue', document_id: 12, number: 'CK261125000012', from_org: { id: 1, name: '青屿食品饮料' }, to_org: { id: 3, name: '杭州江南商贸' }, at: '2026-11-20T08:00:00Z', arrived_at: '2026-11-21T08:00:00Z' }
const way = (more = {}) => ({ scheme: 'url', code: 'M5TCWSGE28ATA6XR1', product_id: soda.id, product_name: soda.name, packaging_name: '箱', unit_qty: 24, lot_code: 'A2611', expires_on: '2027-06-01', recalled: false, state: 'arrived', way: [hand], hidden: 1, scans: [], cases: 1, verdict: 'unknown', diversion: null, ...more })

test('a look at a code tells the way of the case and leaves no trace; finding it in a shop is noted on purpose', async () => {
  const shop = aDealer({ 'GET /trace/way': () => ok(way()), 'POST /trace/scans': () => ok(way({ verdict: 'outside', diversion: { id: 8, number: 'CH26112500008' } })), 'GET /orgs': () => ok({ items: [store], next_cursor: null }) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/trace/scan')
  phone.happen(await phone.until(() => phone.find('scanner-camera')), 'scancode', { result: LINK, type: 'QR_CODE' })
  await phone.until(() => phone.wordsOf('way').includes('青屿食品饮料 → 杭州江南商贸'))
  assert.ok(phone.wordsOf('way-hidden').includes('另有 1 手'))
  assert.equal(phone.asked('GET', '/api/v1/trace/way')[0].query.code, LINK)
  assert.equal(phone.asked('POST', '/api/v1/trace/scans').length, 0)

  await phone.tap('check-open')
  await phone.until(() => phone.find('check-sheet'))
  await phone.tap('check-submit')
  await phone.until(() => phone.toasts.at(-1) === '请选择在哪家店或哪个区县看到的')
  await phone.tap('store-9')
  await phone.write('check-note', '货架第二层')
  await phone.tap('check-submit')
  await phone.until(() => phone.wordsOf('way-verdict').includes('疑似窜货'))
  const [made, ...more] = phone.asked('POST', '/api/v1/trace/scans')
  assert.deepEqual([made.body.code, made.body.store_id, made.body.note, more.length], [LINK, 9, '货架第二层', 0])
})

test('while goods arrive each case is noted once, however often it is scanned, and one called back is loud', async () => {
  const shop = aDealer({ 'POST /trace/scans': () => ok(way({ recalled: true, verdict: 'inside' })) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/trace/scan?mode=receive')
  for (let turn = 0; turn < 2; turn += 1) {
    await phone.write('scanner-input', 'M5TCWSGE28ATA6XR1')
    await phone.tap('scanner-add')
    await phone.until(() => phone.wordsOf('heard').includes(turn === 0 ? '正在召回' : '已经扫过'))
  }
  assert.equal(phone.asked('POST', '/api/v1/trace/scans').length, 1)
})

test('in the shop of a stranger the county is named, and that says whose authority it is', async () => {
  const counties = [{ code: '420100', name: '武汉市', full_name: '湖北省武汉市', has_children: true }, { code: '420106', name: '武昌区', full_name: '湖北省武汉市武昌区', has_children: false }]
  const shop = aDealer({ 'GET /trace/way': () => ok(way()), 'POST /trace/scans': () => ok(way({ verdict: 'outside' })), 'GET /orgs': ({ query }) => ok({ items: query.q ? [] : [store], next_cursor: null }), 'GET /regions/search': () => ok({ items: counties }) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, `/pages/trace/scan?code=${encodeURIComponent(LINK)}`)
  await phone.tap('check-open')
  await phone.write('store-search', '武昌')
  await phone.tap('county-420106')
  assert.equal(phone.find('county-420100'), undefined)
  await phone.tap('check-submit')
  await phone.until(() => phone.wordsOf('way-verdict').includes('疑似窜货'))
  const [made] = phone.asked('POST', '/api/v1/trace/scans')
  assert.deepEqual([made.body.region_code, made.body.store_id], ['420106', undefined])
})

test('cases that arrive where there is no network are noted once, when there is one again', async () => {
  let network = false
  const shop = aDealer({ 'POST /trace/scans': () => (network ? ok(way({ verdict: 'inside' })) : undefined) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/trace/scan?mode=receive')
  await phone.write('scanner-input', 'M5TCWSGE28ATA6XR1')
  await phone.tap('scanner-add')
  await phone.until(() => phone.wordsOf('arrivals-waiting').includes('1 箱记在手机上'))
  network = true
  await phone.write('scanner-input', 'M5TCWSGE28ATA6XR2')
  await phone.tap('scanner-add')
  await phone.until(() => phone.find('way') && phone.find('arrivals-waiting') === undefined)
  const told = phone.asked('POST', '/api/v1/trace/scans')
  assert.deepEqual(told.map(({ body }) => body.code), ['M5TCWSGE28ATA6XR1', 'M5TCWSGE28ATA6XR1', 'M5TCWSGE28ATA6XR2'])
})

test('a code that somebody made up is refused in the words of the server', async () => {
  const phone = aPhone(aDealer({ 'GET /trace/way': () => problem(422, 'not_traced', '这不是有效的追溯码，可能是仿冒') }, person).answer)
  await atPage(phone, '/pages/trace/scan')
  await phone.write('scanner-input', 'M5TCWAAAAAAAAAAAA')
  await phone.tap('scanner-add')
  await phone.until(() => phone.wordsOf('heard').includes('可能是仿冒'))
  assert.equal(phone.find('way'), undefined)
})

test('the QR code of a case leads from any scanner to its way', async () => {
  const shop = aDealer({ 'GET /trace/way': () => ok(way()), 'GET /stock': () => ok({ items: [], next_cursor: null }), 'GET /warehouses': () => ok({ items: [] }) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/home/home?tab=stock')
  phone.scans.push(LINK)
  await phone.tap('scan-open')
  await phone.until(() => phone.route === 'pages/trace/scan')
  await phone.until(() => phone.wordsOf('way').includes(soda.name))
})

test('a dealer states his side of a diversion, once, and reads it there', async () => {
  let statement = ''
  const one = () => ({
    id: 8, number: 'CH26112500008', kind: 'scan', state: 'open', dealer: { id: 3, name: '杭州江南商贸' }, region_code: '320104', region_name: '江苏省南京市秦淮区', product_id: soda.id, product_name: soda.name, evidence_count: 1,
    evidence: [{ at: '2026-11-25T08:00:00Z', by: 'brand', code: 'M5TCWSGE28ATA6XR1', name: null, place: '江苏省南京市秦淮区', latitude: null, longitude: null, photo_ids: [], note: '', issue_id: null, issue_number: null, buyer: null }], chain: [hand], opened_at: '2026-11-25T08:00:00Z',
    taken_by_name: null, taken_at: null, statement, statement_photo_ids: [], stated_by_name: statement ? '唐雪芳' : null, stated_at: statement ? '2026-11-25T09:00:00Z' : null, verdict: null, consequence: 'none', penalty_fen: 0, reason: '', decided_by_name: null, decided_at: null, counted_on: '2026-11-25', weight: 1,
  })
  const shop = aDealer({ 'GET /diversions/:id': () => ok(one()), 'POST /diversions/:id/state': ({ body }) => ((statement = body.text), ok(one())) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/trace/diversion?id=8')
  await phone.tap('state-submit')
  await phone.until(() => phone.toasts.at(-1) === '请先写说明')
  await phone.write('state-text', '团购客户自提')
  await phone.tap('state-submit')
  await phone.until(() => phone.wordsOf('diversion-statement').includes('团购客户自提'))
  assert.deepEqual(phone.asked('POST', '/api/v1/diversions/8/state').map((made) => made.body), [{ text: '团购客户自提', photo_ids: [] }])
  assert.equal(phone.find('state-form'), undefined)
})

test('who opens a recall has read it, and says how much he has and what he did with it', async () => {
  const own = { qty: 24, read_at: null, set_aside: null, note: '', answered_at: null }
  const recall = () => ({ id: 2, number: 'ZH2611250002', state: 'running', product_id: soda.id, product_name: soda.name, base_unit: '瓶', lot_id: 7, lot_code: 'A2611', expires_on: '2027-06-01', reason: '瓶盖密封不良', instruction: '停止销售', started_at: '2026-11-25T08:00:00Z', started_by_name: '沈一鸣', outcome: '', sell_again: false, ended_at: null, progress: { holders: 2, read: 0, answered: 0, qty: 48, set_aside: 0 }, own })
  const shop = aDealer({ 'GET /recalls/:id': () => ok(recall()), 'POST /recalls/:id/read': () => ({ statusCode: 204, data: '' }), 'POST /recalls/:id/answer': ({ body }) => (Object.assign(own, { set_aside: body.set_aside, note: body.note, answered_at: '2026-11-25T09:00:00Z' }), ok(recall())) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/trace/recall?id=2')
  await phone.until(() => phone.wordsOf('recall-mine').includes('24瓶'))
  await phone.until(() => phone.asked('POST', '/api/v1/recalls/2/read').length === 1)
  await phone.tap('recall-submit')
  await phone.until(() => phone.toasts.at(-1) === '请选择怎么处理的')
  await phone.tap('what-0')
  await phone.tap('recall-submit')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.includes('24瓶'), question.content)
  question.success({ confirm: true })
  await phone.until(() => phone.wordsOf('recall-answer').includes('已处理 24瓶'))
  assert.deepEqual(phone.asked('POST', '/api/v1/recalls/2/answer').map((made) => made.body), [{ set_aside: 24, note: '已单独存放，等待取回' }])
})

test('cases that are scanned faster than the network answers are all bound, one after the other', async () => {
  const bound = []
  const codes = (more = {}) => ({ issue_id: 12, number: 'CK261125000012', open: true, lines: [{ product_id: soda.id, product_name: soda.name, lot_id: 7, lot_code: 'A2611', qty: 72, bound_qty: bound.length * 24, cases: bound.length }], spans: [], changed: 0, already: 0, refused: [], ...more })
  const shop = aDealer({ 'GET /trace/issues/:id': () => ok(codes()), 'POST /trace/issues/:id/bind': ({ body }) => (bound.push(...body.codes), ok(codes({ changed: 1 }))) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/trace/bind?issue=12')
  const camera = await phone.until(() => phone.find('scanner-camera'))
  for (const code of ['CODE-1', 'CODE-2', 'CODE-3']) phone.happen(camera, 'scancode', { result: code, type: 'QR_CODE' })
  await phone.until(() => phone.wordsOf('bound-cases').includes('已绑 3 箱'))
  assert.deepEqual(bound, ['CODE-1', 'CODE-2', 'CODE-3'])
})
