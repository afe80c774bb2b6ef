import { computed, onUnmounted, ref, watch, type ComputedRef } from 'vue'

const PAUSE_MS = 40

/** A long list that is drawn a screenful at a time, so that the page stands and answers before its 200th line does. */
export function useGradual<T>(all: () => readonly T[], step = 20): ComputedRef<readonly T[]> {
  const count = ref(step)
  let timer: ReturnType<typeof setTimeout> | undefined

  function grow(): void {
    clearTimeout(timer)
    if (count.value >= all().length) return
    timer = setTimeout(() => {
      count.value += step
      grow()
    }, PAUSE_MS)
  }

  watch(() => all().length, grow, { immediate: true })
  onUnmounted(() => clearTimeout(timer))
  return computed(() => all().slice(0, count.value))
}
