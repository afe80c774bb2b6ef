const assert = require('node:assert/strict')
const { test } = require('node:test')
const { aPhone } = require('./phone.cjs')
const { aShop } = require('./shop.cjs')

const face = { org_name: '河坊街杂货', org_kind: 'store', supplier_name: '杭州江南商贸', role_name: '店主', name: '', expires_at: '2026-12-02T00:00:00Z' }
const LOOK = { 'POST /join/look': () => ({ statusCode: 200, data: face }) }

/** An owner holds the phone before the code that the dealer shows. */
async function scanned(phone) {
  await phone.until(() => phone.route === 'pages/login/login')
  phone.reLaunch('/pages/join/join?scene=aB-cd_efgh1234567890xy')
  await phone.until(() => phone.words.includes('河坊街杂货'))
  await phone.write('join-name', '李秀兰')
  await phone.write('join-phone', '13900000009')
}

test('an owner who scans the code is in by WeChat, without a password', async () => {
  const shop = aShop({ ...LOOK, 'POST /join': () => shop.answer({ method: 'POST', path: '/api/v1/auth/login', query: {}, body: { password: 'right' } }) })
  const phone = aPhone(shop.answer)
  phone.loginCode = 'code-7'
  await scanned(phone)
  await phone.tap('join-submit')
  await phone.until(() => phone.route === 'pages/home/home')
  const [{ body }] = phone.asked('POST', '/api/v1/join')
  assert.deepEqual([body.token, body.code, body.password, body.name], ['aB-cd_efgh1234567890xy', 'code-7', undefined, '李秀兰'])
})

test('where the code was used already, the second one is told so and stays outside', async () => {
  const used = { status: 409, code: 'invitation_used', detail: '这个邀请已经用过了：如果是您本人，请直接登录' }
  const phone = aPhone(aShop({ ...LOOK, 'POST /join': () => ({ statusCode: 409, data: JSON.stringify(used) }) }).answer)
  phone.loginCode = 'code-8'
  await scanned(phone)
  await phone.tap('join-submit')
  await phone.until(() => phone.dialogs.some((one) => one.content.includes('已经用过')))
  assert.equal(phone.route, 'pages/join/join')
})

test('a code that is over says why, before anybody types his name', async () => {
  const over = { status: 410, code: 'invitation_expired', detail: '邀请已过期，请让对方重新发一个' }
  const phone = aPhone(aShop({ 'POST /join/look': () => ({ statusCode: 410, data: JSON.stringify(over) }) }).answer)
  await phone.until(() => phone.route === 'pages/login/login')
  phone.reLaunch('/pages/join/join?t=aB-cd_efgh1234567890xy')
  await phone.until(() => phone.words.includes('邀请已过期'))
})
