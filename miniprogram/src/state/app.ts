import { closeArrivals, flushArrivals, openArrivals } from './arrivals'
import { openCart } from './cart'
import { startLive, stopLive } from './live'
import { useNetwork, watchNetwork, whenBackOnline } from './network'
import { closeQueue, flushQueue, openQueue } from './queue'
import { closeBooks, flushBooks, openBooks } from './scans'
import { currentToken, refreshMe, restoreSession, whenSignedOut } from './session'

const READY = '/pages/home/home'

function openEverything(): void {
  openCart()
  openQueue()
  openBooks()
  openArrivals()
  startLive()
}

/** The start of the app: the stored session opens the account at once, with or without network. */
export function openAccount(): void {
  watchNetwork(() => void refreshMe().catch(() => undefined))
  whenBackOnline(flushQueue)
  whenBackOnline(flushBooks)
  whenBackOnline(flushArrivals)
  whenSignedOut(() => {
    stopLive()
    closeQueue()
    closeBooks()
    closeArrivals()
  })
  if (!restoreSession()) return
  openEverything()
  void refreshMe().catch(() => undefined)
}

/** After a login: opens what belongs to the account and shows its first page. */
export function enterApp(): void {
  openEverything()
  uni.reLaunch({ url: READY })
}

let hidden = false

/** The app comes to the front again. */
export function resume(): void {
  if (!hidden) return
  hidden = false
  if (!currentToken()) return
  startLive()
  flushQueue()
  flushBooks()
  flushArrivals()
  if (!useNetwork().online.value) void refreshMe().catch(() => undefined)
}

/** The app goes to the back: no connection is kept open for nobody. */
export function pause(): void {
  hidden = true
  // #ifdef MP-WEIXIN
  stopLive()
  // #endif
}
