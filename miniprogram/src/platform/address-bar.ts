/** The router answers to the way back and forth itself, on a slow phone a little later. */
const LOOKS_MS = [300, 1000, 3000]

/**
 * A link to another order, opened in the window that already shows one, only changes what is behind the `#`: the
 * page of the first order would stay, with the second one's address. The page is loaded afresh then.
 */
export function followAddressBar(): void {
  // #ifdef H5
  window.addEventListener('hashchange', () => LOOKS_MS.forEach((pause) => setTimeout(look, pause)))
  // #endif
}

// #ifdef H5
function look(): void {
  const pages = getCurrentPages() as unknown as { $page?: { fullPath: string } }[]
  const shown = pages[pages.length - 1]?.$page?.fullPath
  const asked = window.location.hash.slice(1)
  if (shown && shown !== asked && shown.split('?')[0] === asked.split('?')[0]) window.location.reload()
}
// #endif
