import { computed, ref } from 'vue'

/** Long lists inside a page begin folded; `hidden` says how many more there are. */
export function useFold<T>(all: () => readonly T[], first: number) {
  const open = ref(false)
  const shown = computed(() => (open.value || all().length <= first + 2 ? all() : all().slice(0, first)))
  const hidden = computed(() => all().length - shown.value.length)

  function unfold(): void {
    open.value = true
  }

  return { shown, hidden, unfold }
}
