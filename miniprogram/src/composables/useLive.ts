import { onHide, onShow, onUnload } from '@dcloudio/uni-app'
import { onUnmounted } from 'vue'
import type { LiveEvent } from '@shared/live'
import { onLive } from '@/state/live'

const GATHER_MS = 300

/**
 * Runs `refresh` shortly after something interesting happened; several events in a row are one. While another page
 * is on top it only remembers, and catches up when this page is shown again.
 */
export function useLive(interesting: (event: LiveEvent) => boolean, refresh: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let visible = true
  let missed = false

  const stop = onLive((event) => {
    if (event.kind !== 'resync' && !interesting(event)) return
    if (!visible) {
      missed = true
      return
    }
    clearTimeout(timer)
    timer = setTimeout(refresh, GATHER_MS)
  })
  function end(): void {
    clearTimeout(timer)
    stop()
  }

  onShow(() => {
    visible = true
    if (missed) refresh()
    missed = false
  })
  onHide(() => {
    visible = false
  })
  onUnload(end)
  onUnmounted(end)
}
