import { describe, expect, it } from 'vitest'
import { casePack, casesAndPieces, inCases, parseCases, parseQty, piecePack } from '@shared/quantity'
import { aDrink } from '../support/goods'

const { packagings } = aDrink()

describe('quantities', () => {
  it.each([
    [0, '0瓶'],
    [5, '5瓶'],
    [24, '1箱'],
    [53, '2箱5瓶'],
    [-26, '-1箱2瓶'],
  ])('%d bottles are said as %s, as the boxes stand on the floor', (qty, words) => {
    expect(casesAndPieces(qty, packagings, '瓶')).toBe(words)
  })

  it('without a case are said in pieces alone', () => {
    expect(casesAndPieces(53, [packagings[0]!], '瓶')).toBe('53瓶')
    expect(inCases(53, 1, '瓶', '瓶')).toBe('53瓶')
  })

  it('tell the case from the piece whatever the order in which the server lists them', () => {
    const pallet = { id: 9, name: '板', unit_qty: 960, gtin: '', is_default: false }
    expect(casePack([...packagings].reverse())?.name).toBe('箱')
    expect(casePack([...packagings, pallet])?.name).toBe('板')
    expect(piecePack([pallet, ...packagings])?.name).toBe('瓶')
    expect(casePack([packagings[0]!])).toBeUndefined()
  })

  it.each([
    ['12', 12],
    [' 7 ', 7],
    ['007', 7],
    ['0', 0],
  ])('typed as %j are %d', (text, qty) => {
    expect(parseQty(text)).toBe(qty)
  })

  it.each(['1.5', '-5', '', 'abc', '1e3', '12345678'])('typed as %j are asked for again, not guessed', (text) => {
    expect(parseQty(text)).toBeNull()
  })

  it('typed by a clerk in cases and pieces are read as he says them', () => {
    const read = (text: string) => parseCases(text, 24, '箱', '瓶')
    expect(['3', '3箱', '3+2', '3箱2瓶', '+2', '2瓶', '０'].map(read)).toEqual([72, 72, 74, 74, 2, 2, 0])
    for (const text of ['', '1.5', '3包', '3箱2', '-1', '3+', '箱']) expect(read(text)).toBeNull()
    expect([parseCases('7', 1, '瓶', '瓶'), parseCases('7瓶', 1, '瓶', '瓶')]).toEqual([7, 7])
  })
})
