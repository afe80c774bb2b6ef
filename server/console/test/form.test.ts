import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, noAnswer } from '@shared/problem'
import { useForm, type Form } from '@/patterns/useForm'

vi.mock('@/patterns/tell', () => ({ tellDone: () => undefined }))

interface Values { name: string; version: number; contacts: { phone: string }[] }
const empty = (): Values => ({ name: '', version: 1, contacts: [{ phone: '' }] })

function aForm(save: (values: Values, key: string) => Promise<string>): Form<Values, string> {
  return useForm<Values, string>({
    initial: empty,
    save,
    check: (values): Record<string, string> => (values.name ? {} : { name: '请填写名称' }),
    draft: () => 'dealer:7',
  })
}

beforeEach(() => localStorage.clear())

describe('a form', () => {
  it('asks nothing of the server while it knows what is wrong', async () => {
    const save = vi.fn(async () => 'saved')
    const form = aForm(save)
    await form.submit()
    expect(form.errors).toEqual({ name: '请填写名称' })
    expect(save).not.toHaveBeenCalled()
  })

  it('shows what the server says at the fields, until they are changed', async () => {
    const form = aForm(async () => {
      throw new ApiProblem(422, 'invalid_input', '填写有误', [{ pointer: '/contacts/0/phone', detail: '格式不对' }])
    })
    form.values.name = '江南'
    await form.submit()
    expect(form.errors).toEqual({ 'contacts.0.phone': '格式不对' })
    form.values.name = '江南商贸'
    await flushPromises()
    expect(form.errors).toEqual({ 'contacts.0.phone': '格式不对' })
    form.values.contacts[0]!.phone = '13800000000'
    await flushPromises()
    expect(form.errors).toEqual({})
  })

  it('sends the same key again after a lost answer, another one when something else is sent', async () => {
    const keys: string[] = []
    const form = aForm(async (_values, key) => {
      keys.push(key)
      throw noAnswer()
    })
    form.values.name = '江南'
    await form.submit()
    await form.submit()
    form.values.name = '江北'
    await form.submit()
    expect(keys[0]).toBe(keys[1])
    expect(keys[2]).not.toBe(keys[1])
  })

  it('keeps what was typed on this computer until it is saved', async () => {
    const first = aForm(async () => 'saved')
    first.values.name = '江南'
    await flushPromises()
    const second = aForm(async () => 'saved')
    second.load(empty())
    expect([second.values.name, second.restored, second.dirty]).toEqual(['江南', true, true])
    expect(await second.submit()).toBe('saved')
    const third = aForm(async () => 'saved')
    third.load(empty())
    expect([third.values.name, third.restored]).toEqual(['', false])
  })

  it('says so when the record was changed since the draft was begun, and saves over it only when asked to', async () => {
    const first = aForm(async () => 'saved')
    first.values.name = '我的'
    await flushPromises()
    const later = aForm(async () => 'saved')
    later.load({ ...empty(), name: '别人的', version: 2 })
    expect([later.values.name, later.stale]).toEqual(['我的', true])
    later.discard()
    expect([later.values.name, later.values.version, later.stale]).toEqual(['别人的', 2, false])
  })

  it('is kind when somebody else saved first', async () => {
    const form = aForm(async () => {
      throw new ApiProblem(409, 'stale_version', '内容已被别人修改')
    })
    form.values.name = '我的'
    await form.submit()
    expect([form.stale, form.problem, form.values.name]).toEqual([true, '', '我的'])
    form.rebase({ ...empty(), version: 5 })
    expect([form.stale, form.values.version, form.values.name]).toEqual([false, 5, '我的'])
  })
})
