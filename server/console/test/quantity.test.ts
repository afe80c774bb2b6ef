import { describe, expect, it } from 'vitest'
import { inCases, parseCases, parseQty } from '@/domain/quantity'

const read = (text: string) => parseCases(text, 24, '箱', '瓶')

describe('quantities', () => {
  it('are shown in cases and pieces', () => {
    expect(inCases(50, 24, '箱', '瓶')).toBe('2箱2瓶')
    expect(inCases(48, 24, '箱', '瓶')).toBe('2箱')
    expect(inCases(5, 24, '箱', '瓶')).toBe('5瓶')
    expect(inCases(5, 1, '瓶', '瓶')).toBe('5瓶')
  })

  it('are read as a clerk types them', () => {
    expect(read('3')).toBe(72)
    expect(read('3箱')).toBe(72)
    expect(read('3+2')).toBe(74)
    expect(read('3箱2瓶')).toBe(74)
    expect(read('+2')).toBe(2)
    expect(read('2瓶')).toBe(2)
    expect(read('０')).toBe(0)
    expect(parseCases('7', 1, '瓶', '瓶')).toBe(7)
    expect(parseCases('7瓶', 1, '瓶', '瓶')).toBe(7)
  })

  it('that cannot be read are refused, never guessed', () => {
    for (const text of ['', '1.5', '3包', '3箱2', '-1', '3+', '箱']) expect(read(text)).toBeNull()
    expect(parseQty('1.5')).toBeNull()
  })
})
