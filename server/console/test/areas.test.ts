import { describe, expect, it } from 'vitest'
import { areas, menu, menuFor, menuItemOf, pagesFor, type MenuItem } from '@/shell/areas'
import { findPages } from '@/shell/palette'

const LINES: MenuItem[] = [
  { group: '系统', title: '操作记录', to: '/audit', icon: 'audit', permission: 'audit.read' },
  { group: '工作台', title: '首页', to: '/', icon: 'home' },
  { group: '订单', title: '全部订单', to: '/orders/all', icon: 'orders', permission: 'order.read', order: 20 },
  { group: '订单', title: '采购订单', to: '/orders', icon: 'orders', permission: 'order.read', order: 10, keywords: 'caigou' },
]

describe('the menu', () => {
  it('shows what an account may open, in the order of the groups', () => {
    const shown = menuFor((permission) => permission !== 'audit.read', LINES)
    expect(shown.map(({ group, items }) => [group, items.map(({ title }) => title)])).toEqual([
      ['工作台', ['首页']],
      ['订单', ['采购订单', '全部订单']],
    ])
  })

  it('lights the line that a page belongs to', () => {
    expect(menuItemOf('/orders/12', LINES)?.title).toBe('采购订单')
    expect(menuItemOf('/orders/all', LINES)?.title).toBe('全部订单')
    expect(menuItemOf('/', LINES)?.title).toBe('首页')
    expect(menuItemOf('/ordersx', LINES)).toBeUndefined()
  })

  it('is found by other words too', () => {
    expect(findPages('caig', LINES).map(({ title }) => title)).toEqual(['采购订单'])
    expect(findPages('', LINES)).toHaveLength(4)
  })

  it('leaves no page out of the command palette', () => {
    const found = new Set(pagesFor(() => true).map(({ to }) => to))
    const paths = areas.flatMap((area) => area.routes.map(({ path }) => `/${path}`))
    expect(paths.filter((path) => !path.includes(':') && !found.has(path))).toEqual([])
    expect(pagesFor((permission) => permission === undefined).map(({ to }) => to)).toEqual(['/', '/account'])
  })

  it('has no line that leads nowhere, and no two lines to one page', () => {
    const paths = new Set(areas.flatMap((area) => area.routes.map(({ path }) => `/${path}`)))
    expect(menu.filter(({ to }) => !paths.has(to))).toEqual([])
    expect(new Set(menu.map(({ to }) => to)).size).toBe(menu.length)
  })
})
