import { onActivated, onDeactivated, onScopeDispose } from 'vue'
import { onLive, type LiveEvent } from '@/live/live'

const GATHER_MS = 300

/**
 * Runs `refresh` shortly after something interesting happened; several events in a row are one. While the browser's
 * tab is in the background it only remembers, and catches up when the tab is looked at again.
 */
export function useLive(interesting: (event: LiveEvent) => boolean, refresh: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let active = true
  let missed = false

  const visible = (): boolean => active && document.visibilityState !== 'hidden'
  const catchUp = (): void => {
    if (!missed || !visible()) return
    missed = false
    refresh()
  }
  const stop = onLive((event) => {
    if (event.kind !== 'resync' && !interesting(event)) return
    missed = true
    // Not put off by the next one: where something happens all the time, the page follows all the same.
    timer ??= setTimeout(() => {
      timer = undefined
      catchUp()
    }, GATHER_MS)
  })
  document.addEventListener('visibilitychange', catchUp)

  onActivated(() => {
    active = true
    catchUp()
  })
  onDeactivated(() => {
    active = false
  })
  onScopeDispose(() => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', catchUp)
    stop()
  })
}
