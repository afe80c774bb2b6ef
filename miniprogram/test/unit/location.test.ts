import { describe, expect, it } from 'vitest'
import { rounded, toGcj02 } from '@/domain/location'

describe('a place that a browser measures', () => {
  it('lies on the maps of the country some hundred metres beside where it was measured', () => {
    const drawn = toGcj02({ lat: 39.908823, lng: 116.39747 })
    // 天安门: about 160 m further north and 530 m further east on these maps
    expect(drawn.lat - 39.908823).toBeCloseTo(0.0014, 3)
    expect(drawn.lng - 116.39747).toBeCloseTo(0.0062, 3)
  })

  it('stays where it is abroad, and is kept to a tenth of a metre', () => {
    expect(toGcj02({ lat: 48.85, lng: 2.35 })).toEqual({ lat: 48.85, lng: 2.35 })
    expect(rounded({ lat: 30.12345678, lng: 120.00000049 })).toEqual({ lat: 30.123457, lng: 120 })
  })
})
