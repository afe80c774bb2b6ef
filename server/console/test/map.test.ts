import { describe, expect, it } from 'vitest'
import { boxOf, CHINA, dragged, fit, place, ruler, zoomed } from '@/areas/stores/view'

describe('the map of stores', () => {
  it('shows a box whole, with its middle in the middle', () => {
    const view = fit(CHINA, 900, 600)
    const [x, y] = place(view, view.lng, view.lat, 900, 600)
    expect([Math.round(x), Math.round(y)]).toEqual([450, 300])
    const box = boxOf(view, 900, 600)
    expect(box.west).toBeLessThan(CHINA.west)
    expect(box.east).toBeGreaterThan(CHINA.east)
    expect(box.south).toBeLessThan(CHINA.south)
    expect(box.north).toBeGreaterThan(CHINA.north)
  })

  it('keeps the place under the pointer where it is when it comes nearer', () => {
    const view = { scale: 100, lng: 112, lat: 30 }
    const [x, y] = place(view, 113, 31, 800, 600)
    const [nearX, nearY] = place(zoomed(view, 3, x, y, 800, 600), 113, 31, 800, 600)
    expect(nearX).toBeCloseTo(x, 6)
    expect(nearY).toBeCloseTo(y, 6)
  })

  it('moves with the hand', () => {
    const view = { scale: 100, lng: 112, lat: 30 }
    const [x, y] = place(view, 112, 30, 800, 600)
    const [movedX, movedY] = place(dragged(view, 40, -25), 112, 30, 800, 600)
    expect([movedX - x, movedY - y].map(Math.round)).toEqual([40, -25])
  })

  it('has a ruler of round lengths', () => {
    // 100 pixels per degree at the equator: 1.1132 km a pixel, so 120 pixels are 133 km
    expect(ruler({ scale: 100, lng: 0, lat: 0 }).km).toBe(100)
  })
})
