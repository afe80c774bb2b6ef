import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cameFromWeCom } from '@/areas/accounts/wecom'
import { chosenRole, roleKey } from '@/areas/accounts/words'

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
