/**
 * A phone with WeChat on it that runs the built package: WeChat's own template compiler and component model
 * (miniprogram-simulate), a page stack, storage, a scanner, and a network whose server is the test.
 */
const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { JSDOM } = require('jsdom')

const ROOT = path.resolve(__dirname, '../../dist/build/mp-weixin')
assert.ok(fs.existsSync(path.join(ROOT, 'app.json')), 'build the package first: npm run build:mp')
const PATIENCE_MS = 3_000

const { window } = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/', pretendToBeVisual: true })
globalThis.window = window
// Node has events of its own, which jsdom's elements do not take.
for (const name of ['document', 'Event', 'CustomEvent', 'MouseEvent', 'Node', 'Element', 'HTMLElement', 'MutationObserver', 'requestAnimationFrame', 'cancelAnimationFrame']) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true })
}
// What the app does every few seconds must not keep a finished test alive.
const every = globalThis.setInterval
globalThis.setInterval = (...given) => every(...given).unref()

const device = {
  model: 'iPhone 15', brand: 'iPhone', system: 'iOS 18.0', platform: 'ios', language: 'zh_CN', version: '8.0.50', SDKVersion: '3.5.0',
  windowWidth: 390, windowHeight: 844, screenWidth: 390, screenHeight: 844, pixelRatio: 3, statusBarHeight: 47,
}
const launch = () => ({ path: '', query: {}, scene: 1001 })
const nothing = () => undefined

/** The phone that WeChat's functions act on: the one of the test under way. */
let phone = null

globalThis.wx = {
  request: (options) => phone.request(options),
  getStorageSync: (key) => phone.storage.get(key) ?? '',
  setStorageSync: (key, value) => void phone.storage.set(key, value),
  removeStorageSync: (key) => void phone.storage.delete(key),
  getStorageInfoSync: () => ({ keys: [...phone.storage.keys()], currentSize: 1, limitSize: 10_240 }),
  getSystemInfoSync: () => device, getDeviceInfo: () => device, getWindowInfo: () => device, getAppBaseInfo: () => device,
  getMenuButtonBoundingClientRect: () => ({ top: 51, left: 296, right: 383, bottom: 83, width: 87, height: 32 }),
  getAccountInfoSync: () => ({ miniProgram: { appId: 'wx0000000000000001', envVersion: 'release', version: '' } }),
  getLaunchOptionsSync: launch, getEnterOptionsSync: launch,
  onNetworkStatusChange: nothing, onAppShow: nothing, onAppHide: nothing, onError: nothing, onUnhandledRejection: nothing, onThemeChange: nothing,
  canIUse: () => true, vibrateShort: nothing, setNavigationBarTitle: nothing,
  showToast: ({ title }) => void phone.toasts.push(title),
  showModal: (options) => void phone.dialogs.push(options),
  login: ({ success, fail }) => (phone.loginCode ? success({ code: phone.loginCode }) : fail({ errMsg: 'login:fail' })),
  scanCode: ({ success, fail }) => {
    const code = phone.scans.shift()
    if (code === undefined) fail({ errMsg: 'scanCode:fail cancel' })
    else success({ result: code })
  },
  requestSubscribeMessage: ({ tmplIds, success }) => success(Object.fromEntries(tmplIds.map((id) => [id, 'accept']))),
  // WeChat changes pages when the page that asked for it is done.
  reLaunch: ({ url }) => void setTimeout(() => phone.reLaunch(url)),
  navigateTo: ({ url }) => void setTimeout(() => phone.open(url)),
  redirectTo: ({ url }) => void setTimeout(() => (phone.leave(), phone.open(url))),
  navigateBack: ({ delta = 1 } = {}) => void setTimeout(() => phone.back(delta)),
}
globalThis.App = (app) => {
  phone.app = app
}
globalThis.getApp = () => phone.app
globalThis.getCurrentPages = () => phone.pages.map((page) => page.instance)

const simulate = require('miniprogram-simulate')
const exparser = require('miniprogram-exparser')

// The package wraps these when it starts.
const registers = { Component: globalThis.Component, Page: nothing }

/** All elements below one, through the components. */
function* below(node) {
  for (const child of node.childNodes ?? []) {
    if (!(child instanceof exparser.Element)) continue
    yield child
    if (child.shadowRoot instanceof exparser.Element) yield* below(child.shadowRoot)
    yield* below(child)
  }
}

function attribute(element, name) {
  return element._vt?.attrs?.find((one) => one.name === name)?.value
}

class Phone {
  constructor(server, storage) {
    Object.assign(this, { server, storage, pages: [], requests: [], toasts: [], dialogs: [], scans: [], loginCode: '', app: null })
  }

  request(options) {
    const url = new URL(options.url)
    const body = options.data === undefined ? undefined : JSON.parse(options.data)
    const made = { method: options.method, path: url.pathname, query: Object.fromEntries(url.searchParams), header: options.header, body }
    this.requests.push(made)
    queueMicrotask(() => {
      const answer = this.server(made)
      if (answer) options.success({ header: {}, cookies: [], ...answer })
      else options.fail({ errMsg: 'request:fail' })
    })
    return { abort: nothing }
  }

  /** The requests to one path, by one method. */
  asked(method, to) {
    return this.requests.filter((made) => made.method === method && made.path === to)
  }

  open(url) {
    const [route, query = ''] = url.replace(/^\//, '').split('?')
    const page = simulate.render(simulate.load(path.join(ROOT, route), { rootPath: ROOT, compiler: 'official' }))
    page.instance.route = route
    this.pages.push(page)
    const holder = window.document.createElement('div')
    window.document.body.append(holder)
    page.attach(holder)
    page.instance.onLoad?.(Object.fromEntries(new URLSearchParams(query)))
    page.instance.onShow?.()
  }

  leave() {
    const page = this.pages.pop()
    page.instance.onUnload?.()
    page.detach()
  }

  back(delta) {
    for (let left = delta; left > 0 && this.pages.length > 1; left -= 1) this.leave()
    this.pages.at(-1).instance.onShow?.()
  }

  reLaunch(url) {
    while (this.pages.length > 0) this.leave()
    this.open(url)
  }

  /** The route of the page on top. */
  get route() {
    return this.pages.at(-1).instance.route
  }

  /** All words on the page on top. */
  get words() {
    return this.pages.at(-1).dom.textContent
  }

  find(testid) {
    for (const element of below(this.pages.at(-1)._exparserNode.shadowRoot)) if (element.dataset?.testid === testid) return element
    return undefined
  }

  /** The words inside an element. */
  wordsOf(testid) {
    return this.find(testid)?.$$.textContent ?? ''
  }

  /** Waits until something holds; fails with what is on the screen. */
  async until(holds, what = String(holds)) {
    const deadline = Date.now() + PATIENCE_MS
    for (;;) {
      const found = holds()
      if (found) return found
      if (Date.now() > deadline) assert.fail(`${what}\non the screen (${this.route}): ${this.words}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Taps what is there and can be tapped. */
  async tap(testid) {
    const ready = () => {
      const found = this.find(testid)
      return found && !attribute(found, 'disabled') ? found : undefined
    }
    this.happen(await this.until(ready, `nothing to tap: ${testid}`), 'tap')
  }

  /** Writes into a field and leaves it. */
  async write(testid, value) {
    const field = await this.until(() => this.find(testid), `no field: ${testid}`)
    this.happen(field, 'input', { value })
    this.happen(field, 'blur', { value })
  }

  happen(element, name, detail = {}) {
    exparser.Event.dispatchEvent(element, exparser.Event.create(name, detail, { bubbles: true, composed: true, capturePhase: true }))
  }
}

/**
 * A phone on which the package was just opened; `storage` is that of an earlier one.
 * `server` answers a request with { statusCode, data }, or with nothing when there is no network.
 */
function aPhone(server, storage = new Map()) {
  phone = new Phone(server, storage)
  Object.assign(globalThis, registers)
  for (const file of Object.keys(require.cache)) if (file.startsWith(ROOT)) delete require.cache[file]
  require(path.join(ROOT, 'app.js'))
  phone.app.onLaunch(launch())
  phone.app.onShow(launch())
  phone.open('/pages/home/home')
  return phone
}

module.exports = { aPhone, ROOT }
