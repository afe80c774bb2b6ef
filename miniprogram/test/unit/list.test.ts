import { describe, expect, it } from 'vitest'
import { noAnswer, WORDS } from '@shared/problem'
import { useList, type Page } from '@/composables/useList'
import { settled } from './support/uni'

/** A server whose pages are answered by hand. */
function aServer() {
  const asked: { cursor: string | undefined; limit: number; give: (page: Page<string>) => void; lose: () => void }[] = []
  const list = useList<string>(
    (cursor, limit) => new Promise((give, reject) => asked.push({ cursor, limit, give, lose: () => reject(noAnswer()) })),
  )
  return { asked, list }
}

describe('a long list', () => {
  it('goes on from where it was, and says when there is no more', async () => {
    const { asked, list } = aServer()
    const first = list.reload()
    asked[0]!.give({ items: ['a', 'b'], next_cursor: 'after b' })
    await first
    expect([list.phase.value, list.end.value]).toEqual(['ready', false])
    const second = list.more()
    expect(list.phase.value).toBe('more')
    expect(asked[1]!.cursor).toBe('after b')
    asked[1]!.give({ items: ['c'], next_cursor: null })
    await second
    expect(list.items.value).toEqual(['a', 'b', 'c'])
    await list.more()
    expect([list.end.value, asked.length]).toEqual([true, 2])
  })

  it('shows the answer to the last question, although an earlier one came later', async () => {
    const { asked, list } = aServer()
    const old = list.reload()
    const now = list.reload()
    asked[1]!.give({ items: ['苏打水'] })
    await now
    asked[0]!.give({ items: ['everything'] })
    await old
    expect(list.items.value).toEqual(['苏打水'])
  })

  it('keeps what it shows when a live update cannot be read', async () => {
    const { asked, list } = aServer()
    const first = list.reload()
    asked[0]!.give({ items: ['a'] })
    await first
    const again = list.refresh()
    asked[1]!.lose()
    await again
    expect([list.items.value, list.phase.value, list.refreshing.value]).toEqual([['a'], 'ready', false])
  })

  it('says why it is empty when nothing could be read, and can be tried again', async () => {
    const { asked, list } = aServer()
    const first = list.reload()
    asked[0]!.lose()
    await first
    expect([list.phase.value, list.error.value]).toEqual(['error', WORDS.offline])
    void list.reload()
    asked[1]!.give({ items: ['a'] })
    await settled()
    expect([list.phase.value, list.items.value]).toEqual(['ready', ['a']])
  })

  it('does not ask for one page twice while the thumb goes on scrolling', async () => {
    const { asked, list } = aServer()
    const first = list.reload()
    asked[0]!.give({ items: ['a'], next_cursor: 'after a' })
    await first
    void list.more()
    void list.more()
    expect(asked).toHaveLength(2)
  })
})
