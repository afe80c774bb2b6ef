const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aShop } = require('./shop.cjs')

async function logIn(phone, password = 'right') {
  await phone.write('login-phone', '13800000000')
  await phone.write('login-password', password)
  await phone.tap('login-submit')
}

test('a store owner who opens the package for the first time is led to the login, and in', async () => {
  const phone = aPhone(aShop().answer)
  await phone.until(() => phone.route === 'pages/login/login')
  await logIn(phone)
  await phone.until(() => phone.route === 'pages/home/home')
  await phone.until(() => phone.words.includes('由 杭州江南商贸 供货'))
  assert.match(phone.asked('POST', '/api/v1/auth/login')[0].body.client, /^微信小程序/)
})

test('a wrong password is said in Chinese, and nobody is in', async () => {
  const phone = aPhone(aShop().answer)
  await logIn(phone, 'wrong')
  await phone.until(() => phone.toasts.includes('手机号或密码不对'))
  assert.equal(phone.route, 'pages/login/login')
  assert.equal(phone.storage.size, 0)
})

test('who is logged in stays so when WeChat throws the app away', async () => {
  const shop = aShop()
  const before = aPhone(shop.answer)
  await logIn(before)
  await before.until(() => before.route === 'pages/home/home')
  const after = aPhone(shop.answer, before.storage)
  assert.equal(after.route, 'pages/home/home')
  await after.until(() => after.asked('GET', '/api/v1/me').some((made) => made.header.Authorization === 'Bearer secret'))
})

test('WeChat knows the owner from the second time on: bound once with phone and password', async () => {
  const shop = aShop()
  const phone = aPhone(shop.answer)
  phone.loginCode = 'code-1'
  await phone.tap('login-wechat')
  await phone.until(() => phone.route === 'pages/login/bind')
  await logIn(phone)
  await phone.until(() => phone.route === 'pages/home/home')
  assert.equal(phone.asked('POST', '/api/v1/auth/wechat')[0].body.code, 'code-1')
  assert.equal(phone.asked('POST', '/api/v1/auth/wechat/bind')[0].body.bind_ticket, 'ticket/1+2')

  const again = aPhone(shop.answer)
  again.loginCode = 'code-2'
  await again.tap('login-wechat')
  await again.until(() => again.route === 'pages/home/home')
  assert.equal(again.asked('POST', '/api/v1/auth/wechat/bind').length, 0)
})

test('where WeChat gives no code, the owner is told how to get in', async () => {
  const phone = aPhone(aShop().answer)
  await phone.tap('login-wechat')
  await phone.until(() => [...phone.toasts, ...phone.dialogs.map((one) => one.content)].some((words) => words.includes('手机号')))
  assert.equal(phone.route, 'pages/login/login')
})
