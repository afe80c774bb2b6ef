import type { Component } from 'vue'
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fitting, nextSort, sortDirection } from '@/patterns/columns'
import DataTable from '@/patterns/DataTable.vue'

interface Row { id: number; name: string }
const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id, name: `订单${id}` }))

let table: VueWrapper
let opened: number[]

beforeEach(() => {
  opened = []
  table = mount(DataTable as Component, {
    attachTo: document.body,
    props: {
      label: '订单', columns: [{ key: 'name', title: '订单' }], rows: rows(1, 2, 3, 4), rowKey: (row: Row) => row.id, selectable: true, opens: true,
      canSelect: (row: Row) => row.id !== 4,
      onOpen: (row: Row) => opened.push(row.id),
      'onUpdate:selected': (selected: number[]) => void table.setProps({ selected }),
      'onUpdate:active': (active: number) => void table.setProps({ active }),
    },
  })
})
afterEach(() => table.unmount())

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) {
    const at = document.activeElement?.closest('tr') ?? table.find('tbody tr').element
    at.dispatchEvent(new KeyboardEvent('keydown', { key: key.replace('Shift+', ''), shiftKey: key.startsWith('Shift+'), bubbles: true, cancelable: true }))
    await flushPromises()
  }
}

const focused = (): string | null => document.activeElement?.getAttribute('data-key') ?? null
const selected = (): unknown => table.props('selected' as never)

describe('the rows of a list', () => {
  it('have the keyboard on the first when it was on a row that another question did not bring again', () => {
    const moved: number[] = []
    const other = mount(DataTable as Component, {
      props: { label: '订单', columns: [{ key: 'name', title: '订单' }], rows: rows(7, 8), rowKey: (row: Row) => row.id, active: 3, 'onUpdate:active': (active: number) => moved.push(active) },
    })
    expect(moved).toEqual([7])
    other.unmount()
  })

  it('are gone through by the keyboard and not beyond their ends', async () => {
    await press('j', 'ArrowDown', 'j')
    expect(focused()).toBe('3')
    await press('End', 'j')
    expect(focused()).toBe('4')
    await press('Home', 'k')
    expect(focused()).toBe('1')
    await press('Enter')
    expect(opened).toEqual([1])
  })

  it('leave the keyboard on the next one when theirs is gone, whatever came and went above it at the same time', async () => {
    await press('j', 'j', 'j')
    expect(focused()).toBe('3')
    await table.setProps({ rows: rows(9, 8, 4) })
    await flushPromises()
    expect(focused()).toBe('4')
    await table.setProps({ rows: rows(9, 8) })
    await flushPromises()
    expect(focused()).toBe('8')
  })

  it('are selected one by one, as a range, and all that may be', async () => {
    await press('j', 'x')
    expect(selected()).toEqual([1])
    await press('j', 'j', 'Shift+X')
    expect(selected()).toEqual([1, 2, 3])
    await press('End', 'x')
    expect(selected()).toEqual([1, 2, 3])
    await table.find('thead input').trigger('change')
    expect(selected()).toEqual([])
  })

  it('leave the keyboard on the neighbour when one is decided by somebody else, and never select what is gone', async () => {
    await press('j', 'j', 'x')
    expect([focused(), selected()]).toEqual(['2', [2]])
    await table.setProps({ rows: rows(1, 3, 4) })
    await flushPromises()
    expect([focused(), table.props('active' as never), selected()]).toEqual(['3', 3, []])
    await table.setProps({ rows: rows(1) })
    await flushPromises()
    expect(focused()).toBe('1')
  })

  it('stay out of the way of what is typed in a field inside them', async () => {
    await press('j')
    const field = document.createElement('input')
    table.find('td .table-cell').element.append(field)
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true, cancelable: true }))
    await flushPromises()
    expect(selected() ?? []).toEqual([])
  })
})

describe('a column that sorts', () => {
  it('goes from ascending to descending to as it was', () => {
    expect([nextSort('', 'name'), nextSort('name', 'name'), nextSort('-name', 'name'), nextSort('-code', 'name')]).toEqual(['name', '-name', '', 'name'])
    expect([sortDirection('-name', 'name'), sortDirection('name', 'name'), sortDirection('', 'name')]).toEqual(['descending', 'ascending', 'none'])
  })
})

describe('the columns', () => {
  it('that matter least are left out where there is no room, and the name keeps its own', () => {
    const columns = [{ key: 'name' }, { key: 'code', width: '100px', late: true }, { key: 'state', width: '80px' }, { key: 'terms', width: '120px', late: true }]
    // 144 + 100 + 80 + 120 = 444; without the last late one 324, without both 224
    expect(fitting(columns, 444)).toEqual({ left: new Set(), needs: 444 })
    expect(fitting(columns, 443)).toEqual({ left: new Set(['terms']), needs: 324 })
    expect(fitting(columns, 300)).toEqual({ left: new Set(['terms', 'code']), needs: 224 })
    expect(fitting(columns, 100).needs).toBe(224)
  })
})
