import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { checkDigit } from '@shared/gtin'
import { readCode } from '@/domain/gs1'
import { openBarcodeReader, type BarcodeReader } from '@/platform/barcode-reader'
import { asImage, blurred, grainy, halfLit, printed, tilted, type Picture } from './support/pictures'

const FNC1 = '\x1d'

/** Each kind of code as it is printed, and what the app must make of it. */
const CODES = [
  { name: 'EAN-13', format: 'EAN13', text: '6901234567892', reads: '6901234567892', symbology: 'ean-13', means: { gtin: '06901234567892' } },
  { name: 'EAN-8', format: 'EAN8', text: '96385074', reads: '96385074', symbology: 'ean-8', means: { gtin: '00000096385074' } },
  { name: 'UPC-A', format: 'UPCA', text: '036000291452', reads: '0036000291452', symbology: 'ean-13', means: { gtin: '00036000291452' } },
  { name: 'UPC-E', format: 'UPCE', text: '01278907', reads: '0012000007897', symbology: 'upc-e', means: { gtin: '00012000007897' } },
  { name: 'ITF-14', format: 'ITF', text: '16901234567899', reads: '16901234567899', symbology: 'itf-14', means: { gtin: '16901234567899' } },
  { name: 'Code 128', format: 'Code128', text: 'YL-001', reads: 'YL-001', symbology: 'code-128', means: { text: 'YL-001' } },
  {
    name: 'GS1-128', format: 'Code128', gs1: true, text: '(01)16901234567899(17)270531', reads: '011690123456789917270531', symbology: 'gs1-128',
    means: { gtin: '16901234567899', expires_on: '2027-05-31' },
  },
  { name: 'DataMatrix', format: 'DataMatrix', text: 'YL-001', reads: 'YL-001', symbology: 'datamatrix', means: { text: 'YL-001' } },
  {
    name: 'GS1 DataMatrix', format: 'DataMatrix', gs1: true, text: '(01)06901234567892(17)270531(10)A1(21)S7', reads: `01069012345678921727053110A1${FNC1}21S7`,
    symbology: 'gs1-datamatrix', means: { gtin: '06901234567892', expires_on: '2027-05-31', lot_code: 'A1', serial: 'S7' },
  },
  {
    name: 'QR with a GS1 Digital Link', format: 'QRCode', text: 'https://id.gs1.org/01/06901234567892/10/A1', reads: 'https://id.gs1.org/01/06901234567892/10/A1',
    symbology: 'qr', means: { gtin: '06901234567892', lot_code: 'A1' },
  },
  { name: 'GS1 QR', format: 'QRCode', gs1: true, text: '(01)06901234567892(10)A1', reads: '010690123456789210A1', symbology: 'gs1-qr', means: { gtin: '06901234567892', lot_code: 'A1' } },
] as const

/** How many points of the picture the smallest bar has: small codes are held nearer. */
const MODULE = { EAN13: 4, EAN8: 5, UPCA: 4, UPCE: 5, ITF: 4, Code128: 4, DataMatrix: 8, QRCode: 8 }

const SIGHTS: [string, (picture: Picture) => Picture][] = [
  ['straight', (picture) => picture],
  ['tilted by 8°', (picture) => tilted(picture, 8)],
  ['upside down', (picture) => tilted(picture, 180)],
  ['out of focus', (picture) => grainy(blurred(picture, 1), 10)],
  ['half in the shadow', (picture) => grainy(halfLit(picture), 12)],
  ['tilted, out of focus, half in the shadow and grainy', (picture) => grainy(halfLit(blurred(tilted(picture, 5), 1)), 10)],
]

describe('the camera reads', () => {
  let read: BarcodeReader

  beforeAll(async () => {
    // In Node there is no server to give out the reader's WebAssembly.
    const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(readFileSync(file), { headers: { 'Content-Type': 'application/wasm' } })))
    read = await openBarcodeReader()
  })

  describe.each(SIGHTS)('%s', (_sight, seen) => {
    it.each(CODES)('$name', async (code) => {
      const module = MODULE[code.format]
      const picture = seen(await printed(code.format, code.text, module, 'gs1' in code))
      const found = await read(asImage(picture))
      expect(found).toEqual([{ code: code.reads, symbology: code.symbology }])
      expect(readCode(found[0]!.code, found[0]!.symbology).scanned).toEqual(code.means)
    })
  })

  it('no other product, however badly it sees: in doubt it reads nothing', async () => {
    const wrong: string[] = []
    let right = 0
    for (const body of ['690583920174', '692116850925', '695476742357', '400638133393']) {
      const code = body + String(checkDigit(body))
      for (const [, seen] of SIGHTS.slice(3)) {
        const found = await read(asImage(seen(await printed('EAN13', code, 4))))
        if (found.some((one) => one.code === code)) right += 1
        wrong.push(...found.filter((one) => one.code !== code).map((one) => `${code} as ${one.code}`))
      }
    }
    expect(wrong).toEqual([])
    // Of 12 pictures; what it is in doubt about, the next frame tells.
    expect(right).toBeGreaterThan(8)
  }, 30_000)

  it('nothing where there is nothing', async () => {
    expect(await read(asImage({ width: 320, height: 240, points: new Float32Array(320 * 240).fill(128) }))).toEqual([])
  })
})
