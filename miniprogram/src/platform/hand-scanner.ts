/** A hand scanner is a keyboard that types faster than people do and ends with Enter. */
const FASTER_THAN_PEOPLE_MS = 100
const SHORTEST = 4
const FNC1 = '\x1d'

/** Listens to hand scanners while no field has the keyboard; returns what ends it. In WeChat they type into the field. */
export function onHandScanner(heard: (code: string) => void): () => void {
  // #ifdef H5
  let typed = ''
  let last = 0
  const key = (event: KeyboardEvent): void => {
    if ((event.target as HTMLElement | null)?.closest?.('input, textarea')) return
    // When it was pressed, not when a busy page came to it.
    if (event.timeStamp - last > FASTER_THAN_PEOPLE_MS) typed = ''
    last = event.timeStamp
    if (event.key === 'Enter') {
      if (typed.length >= SHORTEST) heard(typed)
      typed = ''
    } else if (event.ctrlKey && event.key === ']') {
      // So FNC1 is typed; a browser may take it for a shortcut.
      event.preventDefault()
      typed += FNC1
    } else if (event.key.length === 1) typed += event.key
  }
  window.addEventListener('keydown', key)
  return () => window.removeEventListener('keydown', key)
  // #endif
  // #ifndef H5

  void [heard, FASTER_THAN_PEOPLE_MS, SHORTEST, FNC1]
  return () => undefined
  // #endif
}
