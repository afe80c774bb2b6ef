const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aDealer, atPage, boss } = require('./dealer.cjs')
const { ok, problem, soda } = require('./shop.cjs')

const person = { ...boss, permissions: [...boss.permissions, 'stock.read', 'transfer.propose', 'transfer.move'] }
const lot = (no, qty) => ({ no, lot_code: `A${no}`, expires_on: '2027-06-01', qty, received_qty: 0, damaged_qty: 0, short_qty: 0, note: '' })
const transfer = (more = {}) => ({
  id: 4, number: 'DB261125000004', state: 'issued', from_org: { id: 1, name: '青屿食品饮料' }, from_warehouse: '总仓', to_org: { id: 3, name: '杭州江南商贸' }, to_warehouse: '主仓', supplier: { id: 1, name: '青屿食品饮料' }, reason: '活动备货',
  line_count: 1, total_fen: 21_600, proposed_by: '沈一鸣', proposed_at: '2026-11-25T08:00:00Z', ending: '', settled_fen: 0, approval_id: 6, issued_by: '沈一鸣', issued_at: '2026-11-25T09:00:00Z', received_by: null, received_at: null, ended_by: null, ended_at: null,
  lines: [{ line_no: 1, product_id: soda.id, product_code: soda.code, product_name: soda.name, base_unit: '瓶', case_name: '箱', case_qty: 24, qty: 72, price_fen: 300, price_from: 'bought', lots: [lot(1, 48), lot(2, 24)] }], can: ['receive'], ...more,
})

test('a case that is missing is counted lot by lot, explained, and sent once; what arrived complete is not written out', async () => {
  let state = transfer()
  const shop = aDealer({ 'GET /transfers/:id': () => ok(state), 'POST /transfers/:id/receive': () => ok((state = transfer({ state: 'received', can: [] }))) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/transfer/detail?id=4')
  await phone.tap('transfer-receive')
  await phone.tap('good-2-case-minus')
  await phone.until(() => phone.wordsOf('receive-summary').includes('1 行有差异'))
  await phone.tap('receive-submit')
  await phone.until(() => phone.toasts.at(-1) === '短少或破损请写明原因')
  const note = phone.find('note-2')
  phone.happen(note, 'blur', { value: '少装一箱' })
  await phone.tap('receive-submit')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.includes('1 个批次有差异'), question.content)
  question.success({ confirm: true })
  await phone.until(() => phone.route === 'pages/transfer/detail')
  const [sent, ...more] = phone.asked('POST', '/api/v1/transfers/4/receive')
  assert.deepEqual(sent.body, { lines: [{ no: 2, received_qty: 0, damaged_qty: 0, note: '少装一箱' }] })
  assert.equal(more.length, 0)
})

test('what was counted is there still when the phone rang and the app was closed', async () => {
  const shop = aDealer({ 'GET /transfers/:id': () => ok(transfer()) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/transfer/receive?id=4')
  await phone.tap('good-2-case-minus')
  await phone.until(() => phone.wordsOf('receive-summary').includes('1 行有差异'))
  const after = aPhone(shop.answer, phone.storage)
  await after.until(() => after.route === 'pages/home/home')
  after.open('/pages/transfer/receive?id=4')
  await after.until(() => after.wordsOf('receive-summary').includes('1 行有差异'))
})

test('who may decide is asked about the money first; what somebody else decided meanwhile is told', async () => {
  const shop = aDealer({ 'GET /transfers/:id': () => ok(transfer({ state: 'proposed', can: ['decide', 'cancel'] })), 'POST /approvals/:id/decide': () => problem(409, 'approval_decided', '顾楠之已同意') }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/transfer/detail?id=4')
  await phone.tap('transfer-approve')
  const question = await phone.until(() => phone.dialogs.at(-1))
  assert.ok(question.content.includes('¥216.00'), question.content)
  question.success({ confirm: true })
  await phone.until(() => phone.toasts.includes('顾楠之已同意'))
  assert.deepEqual(phone.asked('POST', '/api/v1/approvals/6/decide')[0].body, { decision: 'approve', reason: '' })
})

test('goods that are asked of the supplier are scanned, and proposed without a warehouse of his', async () => {
  const places = [{ id: 1, name: '主仓', quarantine: false, is_default: true, version: 1, closed_at: null, products: 1, on_hand: 1, reserved: 0, sessions: 0 }]
  const shop = aDealer({ 'GET /warehouses': () => ok({ items: places }), 'POST /transfers': () => ok(transfer({ state: 'proposed' })), 'GET /transfers/:id': () => ok(transfer({ state: 'proposed', can: [] })) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/transfer/new')
  await phone.tap('kind-take')
  phone.scans.push(soda.packagings[1].gtin)
  await phone.tap('scan-open')
  await phone.until(() => phone.wordsOf(`line-${soda.id}`).includes(soda.name))
  await phone.tap('scan-close')
  await phone.tap('transfer-submit')
  await phone.until(() => phone.toasts.at(-1) === '请选择或填写原因')
  await phone.tap('why-0')
  await phone.tap('transfer-submit')
  await phone.until(() => phone.route === 'pages/transfer/detail')
  assert.deepEqual(phone.asked('POST', '/api/v1/transfers').map((made) => made.body), [{ supplier: 'gives', to_warehouse_id: 1, reason: '那边缺货', lines: [{ product_id: soda.id, qty: 24 }] }])
})

test('a notice about a transfer opens it', async () => {
  const notice = { id: 2, title: '调拨已发出', body: '到货请清点', link: 'transfer/4', created_at: '2026-11-25T09:00:00Z', read_at: null }
  const shop = aDealer({ 'GET /notices': () => ok({ items: [notice], next_cursor: null }), 'POST /notices/read': () => ok({}), 'GET /transfers/:id': () => ok(transfer()) }, person)
  const phone = aPhone(shop.answer)
  await atPage(phone, '/pages/account/notices')
  await phone.tap('notice-2')
  await phone.until(() => phone.wordsOf('transfer-state').includes('在途'))
})
