import { describe, expect, it } from 'vitest'
import { sightings } from '@/domain/sightings'

const seen = (...codes: string[]) => codes.map((code) => ({ code }))

describe('a code before the camera', () => {
  it('counts once while it stays, however shaky the hand', () => {
    const fresh = sightings()
    expect(fresh(seen('A'), 0)).toEqual(seen('A'))
    expect(fresh(seen('A'), 100)).toEqual([])
    expect(fresh([], 600)).toEqual([])
    expect(fresh(seen('A'), 1200)).toEqual([])
    expect(fresh(seen('A'), 2300)).toEqual([])
  })

  it('counts again when it was away: the next bottle of the same', () => {
    const fresh = sightings()
    fresh(seen('A'), 0)
    expect(fresh(seen('A'), 1300)).toEqual(seen('A'))
  })

  it('that was counted is not counted again because a list was opened, and one that came meanwhile is counted then', () => {
    const fresh = sightings()
    fresh(seen('A'), 0)
    for (const now of [500, 1000, 1500, 2000]) expect(fresh(seen('A', 'B'), now, false)).toEqual([])
    expect(fresh(seen('A', 'B'), 2500)).toEqual(seen('B'))
  })

  it('does not hide the other one on the label', () => {
    const fresh = sightings()
    expect(fresh(seen('A', 'B'), 0)).toEqual(seen('A', 'B'))
    expect(fresh(seen('B', 'C'), 100)).toEqual(seen('C'))
    expect(fresh(seen('A'), 200)).toEqual([])
  })
})
