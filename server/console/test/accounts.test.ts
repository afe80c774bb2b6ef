import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { difference, toggled } from '@/areas/accounts/permissions'
import { cameFromWeCom } from '@/areas/accounts/wecom'
import { chosenRole, roleKey, type Matrix } from '@/areas/accounts/words'

function matrix(needs: Record<string, string[]>): Matrix {
  const permissions = Object.entries(needs).map(([key, all]) => ({ key, name: key, note: '', needs: all, kinds: [], operations: [] }))
  return { groups: [{ key: 'order', name: '订单', permissions }], roles: [], grantable: [] }
}

describe('permissions that lean on others', () => {
  const given = matrix({ 'order.read': [], 'order.approve': ['order.read'], 'order.over_credit': ['order.approve'], 'stock.read': [] })

  it('a role would hold what it cannot use if what it needs were not ticked along', () => {
    expect(toggled(given, [], 'order.over_credit')).toEqual(['order.approve', 'order.over_credit', 'order.read'])
  })

  it('a role would keep what it cannot use if what needs it stayed', () => {
    expect(toggled(given, ['order.approve', 'order.over_credit', 'order.read', 'stock.read'], 'order.read')).toEqual(['stock.read'])
  })

  it('what is shown before saving is what changes', () => {
    expect(difference(['a', 'b'], ['b', 'c'])).toEqual({ added: ['c'], removed: ['a'] })
  })
})

describe('a role in a form', () => {
  it('a built-in role goes by its name, one that was built by its number', () => {
    expect(roleKey({ id: null, base: 'brand_rep' })).toBe('brand_rep')
    expect(roleKey({ id: 12, base: 'brand_rep' })).toBe('12')
    expect(chosenRole('12')).toEqual({ role_id: 12 })
    expect(chosenRole('brand_rep')).toEqual({ role: 'brand_rep' })
  })
})

describe('coming back from WeCom', () => {
  beforeEach(() => sessionStorage.setItem('qutong:console:wecom', JSON.stringify({ verifier: 'secret-of-this-browser', to: '/orders' })))
  afterEach(() => {
    sessionStorage.clear()
    history.replaceState(null, '', '/')
  })

  it('code and state do not stay in the address, and work once', () => {
    history.replaceState(null, '', '/console/login?by=wecom&code=C&state=S&appid=ww1')
    expect(cameFromWeCom()).toEqual({ to: '/orders', answer: { code: 'C', state: 'S', verifier: 'secret-of-this-browser' } })
    expect(location.search).toBe('?by=wecom')
    expect(cameFromWeCom()).toBeNull()
  })

  it('who refused on the phone is not asked to wait', () => {
    history.replaceState(null, '', '/console/login?by=wecom&state=S')
    expect(cameFromWeCom()).toBe('refused')
  })

  it('a link that was begun in another browser brings no secret of this one', () => {
    sessionStorage.clear()
    history.replaceState(null, '', '/console/login?code=C&state=S')
    const came = cameFromWeCom()
    expect(came).not.toBe('refused')
    expect(came && came !== 'refused' && came.answer.verifier).not.toContain('secret')
  })
})
