import { difference, toggled } from '@shared/permissions'
import { describe, expect, it } from 'vitest'

const needs: Record<string, string[]> = { 'order.read': [], 'order.approve': ['order.read'], 'order.over_credit': ['order.approve'], 'stock.read': [] }
const groups = [{ permissions: Object.entries(needs).map(([key, all]) => ({ key, needs: all })) }]

describe('permissions that lean on others', () => {
  it('a role would hold what it cannot use if what it needs were not ticked along', () => {
    expect(toggled(groups, [], 'order.over_credit')).toEqual(['order.approve', 'order.over_credit', 'order.read'])
  })

  it('a role would keep what it cannot use if what needs it stayed', () => {
    expect(toggled(groups, ['order.approve', 'order.over_credit', 'order.read', 'stock.read'], 'order.read')).toEqual(['stock.read'])
  })

  it('what is shown before saving is what changes', () => {
    expect(difference(['a', 'b'], ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] })
  })
})
