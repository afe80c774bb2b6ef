/** The server of a store that buys soda and tea from one dealer, as far as the package asks it. */

const soda = product(1, '青柠苏打水', 300, '6901234567892', '16901234567899')
const tea = product(2, '白桃乌龙茶', 420, '6901234567908', '16901234567905')

function product(id, name, price, ean, itf) {
  return {
    id, name, code: `P${id}`, spec: '500ml×24', category_id: 1, image_url: null, color: '#7fb069', base_unit: '瓶', price_fen: price,
    guide_price_fen: price + 50, shelf_life_days: 365, available: 'in_stock',
    packagings: [
      { id: id * 10 + 1, name: '瓶', unit_qty: 1, gtin: ean.padStart(14, '0'), is_default: false },
      { id: id * 10 + 2, name: '箱', unit_qty: 24, gtin: itf, is_default: true },
    ],
  }
}

const me = {
  account_id: 7, name: '王芳', phone: '13800000000', role: 'store_owner', role_name: '店主', unread_notices: 0,
  permissions: ['order.create', 'order.read', 'order.receive', 'catalog.read', 'settlement.read'],
  org: { id: 9, kind: 'store', name: '转角便利店', address: '', contact_name: '', contact_phone: '' },
  supplier: { id: 3, name: '杭州江南商贸' },
}
const address = { id: 5, contact_name: '王芳', contact_phone: '13800000000', region_code: '330106', region_name: '浙江省杭州市西湖区', detail: '文三路 88 号', is_default: true }

const ok = (data) => ({ statusCode: 200, data })
const problem = (statusCode, code, detail, more = {}) => ({ statusCode, data: JSON.stringify({ status: statusCode, code, detail, ...more }) })

/** A shop whose `orders` are what was submitted; `replace` answers single requests otherwise; `person` is who signs in. */
function aShop(replace = {}, person = me) {
  const shop = { orders: [], bound: false, soda, tea }
  const goods = [soda, tea]
  const price = (line) => {
    const item = goods.find((one) => one.id === line.product_id)
    return { item, unit: item.packagings.find((pack) => pack.id === line.packaging_id).unit_qty }
  }
  const quoted = (lines) =>
    lines.map((line, index) => {
      const { item, unit } = price(line)
      const qty = line.packaging_qty * unit
      return { ...line, line_no: index + 1, unit_qty: unit, qty, price_fen: item.price_fen, amount_fen: qty * item.price_fen, steps: [], problem: null }
    })
  const total = (lines) => quoted(lines).reduce((sum, line) => sum + line.amount_fen, 0)
  const summary = (order, index) => ({
    id: index + 1, number: `2611240000${index + 1}`, state: 'submitted', seller: me.supplier, buyer: me.org, total_fen: total(order.lines), approved_fen: 0,
    issued_fen: 0, received_fen: 0, line_count: order.lines.length, first_product_name: soda.name, delivery_method: order.delivery_method, wished_on: null,
    submitted_at: new Date().toISOString(), updated_at: new Date().toISOString(),
  })
  const routes = {
    'POST /auth/login': ({ body }) => (body.password === 'right' ? ok({ token: 'secret', me: person }) : problem(401, 'wrong_password', '手机号或密码不对')),
    'POST /auth/wechat': () => (shop.bound ? ok({ token: 'secret', me }) : problem(404, 'wechat_unbound', '还没有绑定账号', { bind_ticket: 'ticket/1+2' })),
    'POST /auth/wechat/bind': ({ body }) => ((shop.bound = body.bind_ticket === 'ticket/1+2'), ok({ token: 'secret', me })),
    'GET /me': () => ok(person),
    'GET /me/subscriptions/templates': () => ok({ items: [{ template_id: 'T1', topic: 'order', title: '订单进度' }] }),
    'POST /me/subscriptions': () => ok({}),
    'GET /catalog/categories': () => ok({ items: [{ id: 1, parent_id: null, name: '饮料', sort: 1 }] }),
    'GET /catalog/products': ({ query }) => ok({ items: goods.filter((one) => !query.q || one.name.includes(query.q)), next_cursor: null }),
    'GET /catalog/scan': ({ path }) => {
      const code = path.split('/').at(-1)
      const item = goods.find((one) => one.packagings.some((pack) => pack.gtin === code.padStart(14, '0')))
      if (!item) return problem(404, 'gtin_unknown', '商品库里没有这个条码')
      return ok({ product: item, packaging_id: item.packagings.find((pack) => pack.gtin === code.padStart(14, '0')).id, code })
    },
    'GET /addresses': () => ok({ items: [address] }),
    'POST /orders/quote': ({ body }) => ok({ lines: quoted(body.lines), total_fen: total(body.lines), credit: null }),
    'POST /orders': ({ body }) => {
      shop.orders.push(body)
      const { id, number, state, total_fen, line_count, submitted_at } = summary(body, shop.orders.length - 1)
      return { statusCode: 201, data: { id, number, state, total_fen, line_count, submitted_at } }
    },
    'GET /orders': () => ok({ items: shop.orders.map(summary).reverse(), next_cursor: null }),
    'GET /orders/counts': () => ok({ items: [{ state: 'submitted', count: shop.orders.length }] }),
    ...replace,
  }
  shop.answer = (request) => {
    const name = request.path.replace('/api/v1', '').replace(/\/scan\/.*/, '/scan').replace(/\/\d+/g, '/:id')
    const route = routes[`${request.method} ${name}`]
    return route ? route(request) : problem(404, 'not_found', `${request.method} ${request.path}`)
  }
  return shop
}

module.exports = { aShop, me, ok, problem, soda, tea }
