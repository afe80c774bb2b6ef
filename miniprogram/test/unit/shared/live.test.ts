import { LiveUpdates, type LiveEvent, type StreamHandlers } from '@shared/live'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** An app with live updates whose tickets and streams are given by hand. */
function anApp({ streams = true } = {}) {
  const heard: LiveEvent[] = []
  const open: StreamHandlers[] = []
  const tickets: { give: (ticket: string) => void; fail: (why: Error) => void }[] = []
  const closed: string[] = []
  const updates = new LiveUpdates({
    signedIn: () => true,
    refreshMe: vi.fn(async () => undefined),
    hasStreams: () => streams,
    ticket: () => new Promise((give, fail) => tickets.push({ give, fail })),
    open: (ticket, _names, handlers) => {
      open.push(handlers)
      return { close: () => closed.push(ticket), connected: false }
    },
  })
  updates.on((event) => heard.push(event))
  return { updates, heard, open, tickets, closed, settled: () => vi.advanceTimersByTimeAsync(0) }
}

describe('live updates', () => {
  it('where there are no streams make the pages ask every ten seconds, so that a new order still shows', async () => {
    const { updates, heard, tickets } = anApp({ streams: false })
    updates.start()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(heard).toEqual([{ kind: 'resync' }, { kind: 'resync' }, { kind: 'resync' }])
    expect(tickets).toEqual([])
    updates.stop()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(heard).toHaveLength(3)
  })

  it('that break off are opened anew with another ticket, and pages ask in turns until then', async () => {
    const { updates, heard, open, tickets, settled } = anApp()
    updates.start()
    tickets[0]!.give('a')
    await settled()
    open[0]!.open()
    open[0]!.lost(false)
    await vi.advanceTimersByTimeAsync(3_000)
    tickets[1]!.fail(new Error('no network'))
    await vi.advanceTimersByTimeAsync(7_000)
    expect(heard).toEqual([{ kind: 'resync' }])
    await vi.advanceTimersByTimeAsync(23_000)
    tickets[2]!.give('b')
    await settled()
    expect(open).toHaveLength(2)
    updates.stop()
  })

  it('that come back with the network open one stream, whatever ticket was still under way', async () => {
    const { updates, open, tickets, settled } = anApp()
    updates.start()
    updates.reconnect()
    tickets[0]!.give('late')
    tickets[1]!.give('fresh')
    await settled()
    expect(open).toHaveLength(1)
    updates.stop()
  })

  it('tell what modules beyond the known ones say by its name', async () => {
    const { updates, heard, open, tickets, settled } = anApp()
    updates.hear('exchange')
    updates.start()
    tickets[0]!.give('a')
    await settled()
    open[0]!.message('resync', {})
    open[0]!.message('exchange', { id: 4 })
    open[0]!.message('price', { product_ids: [1] })
    expect(heard).toEqual([{ kind: 'other', name: 'exchange', data: { id: 4 } }, { kind: 'price', product_ids: [1] }])
    updates.stop()
  })
})
