import { onMounted, onUnmounted, reactive, shallowReactive } from 'vue'

export interface Shortcut {
  /** "a", "?", "Shift+Enter", "mod+k" (⌘ on a Mac, Ctrl elsewhere), or two in a row: "g o". Several: ["j", "ArrowDown"]. */
  keys: string | string[]
  /** What it does, for the table behind "?". */
  label: string
  /** The heading in that table. */
  group?: string
  run: (event: KeyboardEvent) => void
  /** Only while this holds; otherwise the key means what it means to others. */
  when?: () => boolean
  /** Also while a text field has the focus. */
  inFields?: boolean
}

interface Layer {
  shortcuts: Shortcut[]
  /** A dialog: while it is open, the keys of what lies below mean nothing; while it is closed, its own mean nothing. */
  modal?: () => boolean
}

const layers: Layer[] = shallowReactive([])
const pending = reactive({ key: '' })
const SEQUENCE_MS = 1_000
let timer: ReturnType<typeof setTimeout> | undefined

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.userAgent ?? '')

/** Keys of a page or dialog, from when it is shown until it goes; the newest has the first word. */
export function useShortcuts(shortcuts: Shortcut[], options: { modal?: () => boolean } = {}): void {
  const layer: Layer = { shortcuts, ...options }
  onMounted(() => layers.push(layer))
  onUnmounted(() => layers.splice(layers.indexOf(layer), 1))
}

/** What can be pressed now, for the help. */
export function currentShortcuts(): Shortcut[] {
  return reachable().flatMap((layer) => layer.shortcuts)
}

function reachable(): Layer[] {
  const there = layers.filter(({ modal }) => modal?.() ?? true)
  const top = there.findLastIndex(({ modal }) => modal?.())
  return there.slice(Math.max(top, 0)).reverse()
}

/** How a key is pressed, as shortcuts write it. */
export function spelled(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  // Shift already shows in a sign such as "?"; with letters and named keys it is told.
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || event.key.length > 1) ? 'Shift+' : ''
  const mod = (isMac ? event.metaKey : event.ctrlKey) ? 'mod+' : ''
  const other = (isMac ? event.ctrlKey : event.metaKey) || event.altKey ? 'other+' : ''
  return `${other}${mod}${shift}${key}`
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true
  return target.tagName === 'INPUT' && !['checkbox', 'radio', 'button', 'submit'].includes((target as HTMLInputElement).type)
}

/** Enter and space on a button or link are that button's. */
function isPressable(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, a, summary, [role=button], [role=option], [role=menuitem]') !== null
}

function matches(shortcut: Shortcut, pressed: string, field: boolean): boolean {
  if (field && !shortcut.inFields) return false
  const keys = typeof shortcut.keys === 'string' ? [shortcut.keys] : shortcut.keys
  return keys.includes(pressed) && (shortcut.when?.() ?? true)
}

function begins(pressed: string): boolean {
  return reachable().some((layer) => layer.shortcuts.some(({ keys }) => [keys].flat().some((one) => one.startsWith(`${pressed} `))))
}

/** Element Plus's own pop-ups (a question, a list of choices) and dialogs that are no layer have the keys for themselves. */
function isForeign(target: EventTarget | null): boolean {
  if (target instanceof HTMLElement && target.closest('.el-message-box, .el-popper, .el-picker-panel')) return true
  if (layers.some((layer) => layer.modal?.())) return false
  // One that is fading out has been answered: whoever types on means the page.
  const overlays = [...document.querySelectorAll('.el-overlay')]
  return overlays.some((overlay) => overlay.getClientRects().length > 0 && !/-leave-/.test(overlay.className))
}

/** Handles one key; answers whether it was a shortcut. */
export function press(event: KeyboardEvent): boolean {
  if (event.isComposing || event.defaultPrevented) return false
  const target = event.target
  const field = isField(target)
  const key = spelled(event)
  if ((key === 'Enter' || key === ' ') && isPressable(target)) return false
  if (isForeign(target)) return false
  const pressed = pending.key ? `${pending.key} ${key}` : key
  clearTimeout(timer)
  pending.key = ''
  for (const layer of reachable()) {
    const found = layer.shortcuts.find((shortcut) => matches(shortcut, pressed, field))
    if (found) {
      event.preventDefault()
      found.run(event)
      return true
    }
  }
  if (!field && begins(key)) {
    pending.key = key
    timer = setTimeout(() => (pending.key = ''), SEQUENCE_MS)
    return true
  }
  return false
}

/** Once, by the shell. */
export function listenToKeys(): void {
  document.addEventListener('keydown', press)
}

const NAMES: Record<string, string> = {
  mod: isMac ? '⌘' : 'Ctrl', Shift: 'Shift', ArrowDown: '↓', ArrowUp: '↑', ArrowLeft: '←', ArrowRight: '→',
  Enter: '↵', Escape: 'Esc', ' ': '空格',
} // prettier-ignore

/** "mod+k" → ["Ctrl", "K"], to be drawn as keys. */
export function drawn(keys: string): string[] {
  return keys
    .split(/(?<=.)[+ ](?=.)/)
    .map((key) => NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key))
}
