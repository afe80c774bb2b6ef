import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCode, type Scanned, type Why } from '@/domain/gs1'

interface Vector {
  name: string
  input: string
  symbology?: string
  today?: string
  fields?: Scanned
  refusal?: Why
}

const vectors = JSON.parse(readFileSync(join(__dirname, '../../../tests/vectors/gs1.json'), 'utf8')) as Vector[]

describe('what a barcode says, as the server reads it too', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const { scanned, refusal } = readCode(vector.input, vector.symbology, new Date(`${vector.today ?? '2026-11-25'}T12:00:00`))
    expect({ scanned, why: refusal?.why }).toEqual({ scanned: vector.fields ?? null, why: vector.refusal })
  })

  it('moves its hundred years with the calendar', () => {
    const produced = (year: number) => readCode('010690123456789211770101', '', new Date(year, 0, 2)).scanned?.produced_on
    // 77 is 51 years ahead of 2026 and 50 ahead of 2027.
    expect(produced(2026)).toBe('1977-01-01')
    expect(produced(2027)).toBe('2077-01-01')
  })

  it('keeps what the second barcode of a label says, though it names no goods', () => {
    expect(readCode('1726123110L7', 'gs1-128').refusal).toEqual({ why: 'no_item', at: '', said: { expires_on: '2026-12-31', lot_code: 'L7' } })
  })

  it('never throws, whatever was held before the camera', () => {
    for (const text of ['(01)', '(', ']', ']C1', '\x1d\x1d', 'https://', 'https://a/01/', 'https://id.gs1.org/01/09506000134352/10/%E0%A4', '01', '批号', '{"a":1}']) {
      expect(() => readCode(text)).not.toThrow()
    }
  })
})
