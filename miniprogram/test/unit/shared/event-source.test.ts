import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openEventStream } from '@/platform/event-stream'

/** A browser's EventSource, driven by the test. */
class Source {
  static readonly CLOSED = 2
  static last: Source
  readyState = 1
  closed = false
  onopen: () => void = () => undefined
  onerror: () => void = () => undefined
  private readonly listeners = new Map<string, (event: { data: string }) => void>()

  constructor(readonly url: string) {
    Source.last = this
  }

  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    this.listeners.set(name, listener)
  }

  says(name: string, data: string): void {
    this.listeners.get(name)?.({ data })
  }

  close(): void {
    this.closed = true
  }
}

let heard: unknown[][]

function open() {
  heard = []
  return openEventStream('a&b=c', ['order', 'notice'], {
    open: () => heard.push(['open']),
    message: (name, data) => heard.push([name, data]),
    lost: (full) => heard.push(['lost', full]),
  })
}

beforeEach(() => vi.stubGlobal('EventSource', Source))
afterEach(() => vi.unstubAllGlobals())

describe('live updates', () => {
  it('reach the page as events with their data', () => {
    open()
    Source.last.onopen()
    Source.last.says('order', '{"id":12,"state":"approved"}')
    Source.last.says('notice', '{}')
    expect(heard).toEqual([['open'], ['order', { id: 12, state: 'approved' }], ['notice', {}]])
  })

  it('that cannot be read make the page ask again, instead of staying on old figures', () => {
    open()
    Source.last.says('order', '{"id":1')
    expect(heard).toEqual([['resync', {}]])
  })

  it('that break off are told and not tried again by the browser, whose ticket is used', () => {
    open()
    Source.last.onerror()
    expect(heard).toEqual([['lost', false]])
    expect(Source.last.closed).toBe(true)
  })

  it('that were ended for newer pages of the account are told so', () => {
    open()
    Source.last.says('full', '{}')
    expect(heard).toEqual([['lost', true]])
    expect(Source.last.closed).toBe(true)
  })

  it('are asked for with the ticket, whatever characters it has, and end when the page ends', () => {
    open()?.close()
    expect(Source.last.url.endsWith('/api/v1/events?ticket=a%26b%3Dc')).toBe(true)
    expect(Source.last.closed).toBe(true)
  })

  it('are asked for in turns where there is no EventSource', () => {
    vi.stubGlobal('EventSource', undefined)
    expect(open()).toBeNull()
  })
})
