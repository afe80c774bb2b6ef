const ROUTER_MS = 300

/**
 * A link to another order, opened in the window that already shows one, only changes what is behind the `#`: the
 * page of the first order would stay, with the second one's address. The page is loaded afresh then.
 */
export function followAddressBar(): void {
  // #ifdef H5
  window.addEventListener('hashchange', () => {
    // The router answers to the way back and forth itself; it gets the time for it.
    setTimeout(() => {
      const pages = getCurrentPages() as unknown as { $page?: { fullPath: string } }[]
      const shown = pages[pages.length - 1]?.$page?.fullPath
      const asked = window.location.hash.slice(1)
      if (shown && shown !== asked && shown.split('?')[0] === asked.split('?')[0]) window.location.reload()
    }, ROUTER_MS)
  })
  // #endif
}
