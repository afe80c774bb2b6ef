import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { currentShortcuts, drawn, press, useShortcuts, type Shortcut } from '@/patterns/useShortcuts'

const mounted: { unmount: () => void }[] = []

function page(shortcuts: Shortcut[], modal?: () => boolean): void {
  mounted.push(mount(defineComponent({
    setup() {
      useShortcuts(shortcuts, modal ? { modal } : {})
      return () => h('i')
    },
  })))
}

function key(name: string, options: KeyboardEventInit = {}, target: HTMLElement = document.body): boolean {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...options })
  Object.defineProperty(event, 'target', { value: target })
  return press(event)
}

afterEach(() => {
  mounted.splice(0).forEach((one) => one.unmount())
  vi.useRealTimers()
})

describe('keys', () => {
  it('mean nothing while somebody types', () => {
    const run = vi.fn()
    page([{ keys: 'a', label: '通过', run }])
    expect(key('a', {}, document.createElement('input'))).toBe(false)
    expect(key('a')).toBe(true)
    expect(run).toHaveBeenCalledTimes(1)
  })

  it('of a page mean nothing below an open dialog', () => {
    const approve = vi.fn()
    const open = ref(true)
    page([{ keys: 'a', label: '通过', run: approve }])
    page([{ keys: 'Escape', label: '关闭', run: () => (open.value = false) }], () => open.value)
    expect(key('a')).toBe(false)
    expect(currentShortcuts().map(({ label }) => label)).toEqual(['关闭'])
    key('Escape')
    expect(key('a')).toBe(true)
  })

  it('of a closed dialog mean nothing, whichever dialog is open beside it', () => {
    const decide = vi.fn()
    const ask = vi.fn()
    page([{ keys: 'x', label: '判定', run: decide }], () => true)
    page([{ keys: 'x', label: '发送', run: ask }], () => false)
    expect(currentShortcuts().map(({ label }) => label)).toEqual(['判定'])
    expect(key('x')).toBe(true)
    expect([decide, ask].map((one) => one.mock.calls.length)).toEqual([1, 0])
  })

  it('can be two in a row', () => {
    vi.useFakeTimers()
    const go = vi.fn()
    page([{ keys: 'g o', label: '订单', run: go }])
    key('g')
    key('o')
    expect(go).toHaveBeenCalledTimes(1)
    key('g')
    vi.advanceTimersByTime(1_500)
    key('o')
    expect(go).toHaveBeenCalledTimes(1)
  })

  it('with Ctrl are others than those without', () => {
    const plain = vi.fn()
    page([{ keys: 'k', label: '上一张', run: plain }])
    expect(key('k', { ctrlKey: true })).toBe(false)
    expect(plain).not.toHaveBeenCalled()
  })

  it('of an input method are its own', () => {
    const run = vi.fn()
    page([{ keys: 'a', label: '通过', run }])
    key('a', { isComposing: true })
    expect(run).not.toHaveBeenCalled()
  })

  it('are drawn one by one', () => {
    expect(drawn('mod+k')).toEqual(['Ctrl', 'K'])
    expect(drawn('g o')).toEqual(['G', 'O'])
    expect(drawn('?')).toEqual(['?'])
    expect(drawn('ArrowDown')).toEqual(['↓'])
    expect(drawn(' ')).toEqual(['空格'])
  })
})

describe('keys beside the dialogs of Element Plus', () => {
  afterEach(() => document.querySelectorAll('.el-overlay').forEach((one) => one.remove()))

  function overlay(classes: string): HTMLElement {
    const shown = Object.assign(document.createElement('div'), { className: `el-overlay ${classes}` })
    shown.getClientRects = () => [{}] as unknown as DOMRectList
    document.body.append(shown)
    return shown
  }

  it('are the dialog\'s while one is open, and the page\'s again as soon as it was answered', () => {
    const run = vi.fn()
    page([{ keys: 'a', label: '通过', run }])
    const shown = overlay('')
    expect(key('a')).toBe(false)
    shown.className = 'el-overlay fade-in-linear-leave-active'
    expect(key('a')).toBe(true)
    expect(run).toHaveBeenCalledTimes(1)
  })
})
