const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aDealer, atPage, boss } = require('./dealer.cjs')
const { aPhone } = require('./phone.cjs')
const { ok } = require('./shop.cjs')

const role = (base, name, permissions, more = {}) => ({ id: null, base, name, kind: 'dealer', note: '', bound: false, permissions, accounts: 0, mine: false, version: 1, ...more })
const clerk = role('dealer_clerk', '经销商内勤', ['order.approve', 'order.read'])
const follower = role('dealer_clerk', '跟单员', ['order.read'], { id: 12, accounts: 2, mine: true, version: 4 })
const permission = (key, name, needs = []) => ({ key, name, note: '', needs, kinds: ['dealer'], operations: [] })
const matrix = {
  groups: [{ key: 'order', name: '订单', permissions: [permission('order.read', '查看订单'), permission('order.approve', '审核订单', ['order.read']), permission('order.issue', '出库', ['order.read'])] }],
  roles: [clerk, follower], grantable: ['order.read', 'order.approve'],
}
const ROLES = { 'GET /roles': () => ok({ items: [clerk, follower] }), 'GET /permissions': () => ok(matrix) }

async function turn(phone, testid) {
  phone.happen(await phone.until(() => phone.find(testid)), 'change', { value: true })
}

test('a role is built from switches: what it needs is switched on with it, what the boss does not hold cannot be', async () => {
  const shop = aDealer({ ...ROLES, 'POST /roles': () => ({ statusCode: 201, data: { items: [clerk, follower] } }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/staff/roles')
  await phone.until(() => phone.wordsOf('role-12').includes('2 人在用'))
  await phone.tap('roles-add')
  await phone.write('role-name', '审单员')
  await phone.tap('base-dealer_clerk')
  await turn(phone, 'may-order.read')
  await turn(phone, 'may-order.approve')
  await turn(phone, 'may-order.issue')
  await phone.tap('role-save')
  await phone.until(() => phone.asked('POST', '/api/v1/roles').length === 1)
  assert.deepEqual(phone.asked('POST', '/api/v1/roles')[0].body, { base: 'dealer_clerk', name: '审单员', note: '', permissions: ['order.approve', 'order.read'] })
})

test('a role that people have is not retired before it is said which they get', async () => {
  const shop = aDealer({ ...ROLES, 'POST /roles/:id/retire': () => ok({ items: [clerk] }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/staff/role?id=12')
  await phone.tap('role-retire')
  await phone.until(() => phone.find('retire-confirm'))
  await phone.tap('retire-confirm')
  await phone.until(() => phone.toasts.includes('请选择改用的角色'))
  await phone.tap('role-dealer_clerk')
  await phone.tap('retire-confirm')
  await phone.until(() => phone.asked('POST', '/api/v1/roles/12/retire').length === 1)
  assert.deepEqual(phone.asked('POST', '/api/v1/roles/12/retire')[0].body, { version: 4, move_to: 'dealer_clerk' })
})

test('an account is opened in a role of the own making; its password is not left on the phone', async () => {
  const shop = aDealer({ ...ROLES, 'GET /accounts': () => ok({ items: [], next_cursor: null }), 'POST /accounts': () => ({ statusCode: 201, data: {} }) })
  const phone = await atPage(aPhone(shop.answer), '/pages/staff/edit')
  await phone.write('staff-name', '周敏')
  await phone.write('staff-phone', '13800000077')
  await phone.write('staff-password', 'first-password')
  await phone.until(() => [...phone.storage.values()].some((text) => String(text).includes('周敏')))
  assert.ok(![...phone.storage.values()].some((text) => String(text).includes('first-password')))
  await phone.tap('role-12')
  await phone.tap('staff-save')
  await phone.until(() => phone.asked('POST', '/api/v1/accounts').length === 1)
  const { body } = phone.asked('POST', '/api/v1/accounts')[0]
  assert.deepEqual([body.org_id, body.name, body.role_id], [boss.org.id, '周敏', 12])
  await phone.until(() => ![...phone.storage.values()].some((text) => String(text).includes('周敏')))
})

test('an account that could not be read is not written over by an empty form', async () => {
  let online = true
  const shop = aDealer(ROLES)
  const phone = await atPage(aPhone((request) => (online ? shop.answer(request) : undefined)), '/pages/customer/list')
  online = false
  phone.open('/pages/staff/edit?id=5')
  await phone.until(() => phone.words.includes('网络不通'))
  assert.equal(phone.find('staff-name'), undefined)
})
