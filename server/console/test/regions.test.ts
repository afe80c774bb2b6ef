import { describe, expect, it } from 'vitest'
import { COUNTRY, fullName, grown, outermost, wayTo } from '@/patterns/regions'
import { share } from '@/areas/territory/words'

const tree = grown([
  ['330000', '浙江省', COUNTRY], ['330100', '杭州市', '330000'], ['330106', '西湖区', '330100'], ['330200', '宁波市', '330000'],
  ['110000', '北京市', COUNTRY], ['110105', '朝阳区', '110000'],
])

describe('divisions', () => {
  it('say their full name and the way to them', () => {
    expect(fullName(tree, '330106')).toBe('浙江省杭州市西湖区')
    expect(fullName(tree, '110105')).toBe('北京市朝阳区')
    expect([fullName(tree, COUNTRY), fullName(tree, '990000')]).toEqual(['全国', '990000'])
    expect(wayTo(tree, '330106')).toEqual(['330000', '330100', '330106'])
  })

  it('are not chosen twice: what lies in another choice goes', () => {
    expect(outermost(tree, ['330106', '330100', '330200', '110105'])).toEqual(['330100', '330200', '110105'])
    expect(outermost(tree, ['330106', COUNTRY])).toEqual([COUNTRY])
  })
})

describe('how much of a region is covered', () => {
  it('is all only where all is, and nothing only where nothing is', () => {
    expect(share({ leaves: 300, white: 0 })).toBe(100)
    expect(share({ leaves: 300, white: 1 })).toBe(99)
    expect(share({ leaves: 300, white: 299 })).toBe(1)
    expect(share({ leaves: 300, white: 300 })).toBe(0)
    expect(share({ leaves: 4, white: 1 })).toBe(75)
  })
})
