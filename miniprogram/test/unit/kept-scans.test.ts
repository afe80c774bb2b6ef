import { describe, expect, it } from 'vitest'
import { ApiProblem, noAnswer } from '@shared/problem'
import { KeptScans, type KeptScan } from '@/domain/kept-scans'

/** A phone whose storage outlives the app, in places with and without network. */
function aPhone() {
  let stored = '[]'
  const place = { network: true, sent: [] as string[], refuses: '' }
  const open = () =>
    new KeptScans<string>({ read: () => JSON.parse(stored) as KeptScan[], write: (items) => (stored = JSON.stringify(items)) }, (scan) => {
      if (!place.network) return Promise.reject(noAnswer())
      if (scan.code === place.refuses) return Promise.reject(new ApiProblem(422, 'not_traced', '这不是有效的追溯码'))
      place.sent.push(scan.key)
      return Promise.resolve(`way of ${scan.code}`)
    })
  return { place, open }
}

const scan = (key: string, code = key): KeptScan => ({ key, code, at: '2026-11-25T08:00:00Z' })

describe('cases scanned where there is no network', () => {
  it('are kept over closing the app and sent once, in their order, when there is one again', async () => {
    const { place, open } = aPhone()
    place.network = false
    const before = open()
    expect(await before.add(scan('a'))).toEqual({ kind: 'kept' })
    expect(await before.add(scan('b'))).toEqual({ kind: 'kept' })
    place.network = true
    const after = open()
    await Promise.all([after.flush(), after.flush()])
    expect(place.sent).toEqual(['a', 'b'])
    expect(after.count).toBe(0)
  })

  it('do not hold up the next one when one of them is refused, and its scanner hears why', async () => {
    const { place, open } = aPhone()
    place.refuses = 'forged'
    const scans = open()
    expect(await scans.add(scan('a', 'forged'))).toMatchObject({ kind: 'refused', problem: { detail: '这不是有效的追溯码' } })
    expect(await scans.add(scan('b'))).toEqual({ kind: 'told', told: 'way of b' })
    expect(scans.count).toBe(0)
  })

  it('wait for their own account while another one is signed in on the phone', async () => {
    let stored = '[]'
    const refusals: unknown[] = [new Error('other account'), new ApiProblem(401, 'signed_out', '登录已失效')]
    const scans = new KeptScans<string>({ read: () => JSON.parse(stored) as KeptScan[], write: (items) => (stored = JSON.stringify(items)) }, ({ code }) => {
      const refusal = refusals.shift()
      return refusal ? Promise.reject(refusal) : Promise.resolve(code)
    })
    expect(await scans.add(scan('a'))).toEqual({ kind: 'kept' })
    await scans.flush()
    expect(scans.count).toBe(1)
    await scans.flush()
    expect(scans.count).toBe(0)
  })

  it('are told at once where there is a network, however fast they come', async () => {
    const { place, open } = aPhone()
    const scans = open()
    expect(await Promise.all(['a', 'b', 'c'].map((key) => scans.add(scan(key))))).toEqual(['a', 'b', 'c'].map((key) => ({ kind: 'told', told: `way of ${key}` })))
    expect(place.sent).toEqual(['a', 'b', 'c'])
  })
})
