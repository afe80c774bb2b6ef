/**
 * Lets a browser open the app without network: a service worker keeps the page and its scripts. Browsers have it on
 * https and on the own machine only; in WeChat the package is on the phone anyway.
 */
export function keepAppForOffline(): void {
  // #ifdef H5
  if (!import.meta.env.PROD || !window.isSecureContext || !('serviceWorker' in navigator)) return
  // A browser that refuses (a private window, no room) opens the app online as before.
  navigator.serviceWorker.register('./sw.js').catch(() => undefined)
  // #endif
}
