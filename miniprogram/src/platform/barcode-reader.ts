// #ifdef H5
import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { inEvenLight } from './even-light'

// The reader's WebAssembly comes from our own server instead of the package's default outside host.
prepareZXingModule({ overrides: { locateFile: () => wasm } })

const BARS: ReaderOptions['formats'] = ['EANUPC', 'ITF', 'Code128']
const MATRIX: ReaderOptions['formats'] = ['DataMatrix', 'QRCode']
/** A label may have several codes: item and count above, lot and day below. */
const AT_ONCE = 4
/** So many cuts through a code of bars must say the same: fewer, and slanting ones are taken for another code. */
const LINES = 5
/** How much darker than its surroundings ink is: two measures for bars, and one for the solid fields of a matrix. */
const [INK, LESS_INK, MATRIX_INK] = [0.9, 0.8, 0.7]
const ITF14_DIGITS = 14
// #endif

/** A code as a reader saw it; FNC1 in it is U+001D. */
export interface Decoded {
  code: string
  /** "ean-13", "gs1-128" …; empty where the reader does not say. */
  symbology: string
}

export type BarcodeReader = (image: ImageData) => Promise<Decoded[]>

/**
 * Reads what goods, cases and pallets carry (EAN/UPC, ITF-14, Code 128 and GS1-128, DataMatrix and QR, both also of
 * GS1) in a picture, by ZXing-C++. There is one reader for the whole app.
 */
export async function openBarcodeReader(): Promise<BarcodeReader> {
  // #ifdef H5
  await prepareZXingModule({ fireImmediately: true })
  return async (image) => (await lookClosely(image)).map(decoded)
  // #endif
  // #ifndef H5

  return () => Promise.resolve([])
  // #endif
}

// #ifdef H5
/**
 * A matrix corrects its own errors and is believed at once. Bars only have one check digit, which every tenth misread
 * code passes by chance: they are believed when two looks at the picture, in other light, see the same.
 */
async function lookClosely(image: ImageData): Promise<ReadResult[]> {
  const first = await look(image, [...BARS!, ...MATRIX!])
  if (first.some(isMatrix)) return first.filter(isMatrix)
  const second = await look(inEvenLight(image, INK), [...BARS!, ...MATRIX!])
  if (second.some(isMatrix)) return second.filter(isMatrix)
  if (first.length === 0 && second.length === 0) return look(inEvenLight(image, MATRIX_INK), MATRIX)
  const agreed = inBoth(first, second)
  if (agreed.length > 0) return agreed
  const third = await look(inEvenLight(image, LESS_INK), BARS)
  return [...inBoth(first, third), ...inBoth(second, third)]
}

async function look(image: ImageData, formats: ReaderOptions['formats']): Promise<ReadResult[]> {
  const found = await readBarcodes(image, { formats, textMode: 'Plain', maxNumberOfSymbols: AT_ONCE, minLineCount: LINES, tryHarder: true })
  return found.filter(isWhole)
}

/** A slanting cut through an ITF reads as a shorter one, which may even have a right check digit. */
function isWhole({ format, text }: ReadResult): boolean {
  return format !== 'ITF' || text.length === ITF14_DIGITS
}

function isMatrix({ symbology }: ReadResult): boolean {
  return symbology === 'DataMatrix' || symbology === 'QRCode'
}

function inBoth(some: ReadResult[], others: ReadResult[]): ReadResult[] {
  return some.filter((one) => others.some((other) => other.text === one.text && other.format === one.format))
}

const NAMES: Record<string, string> = { EAN13: 'ean-13', EAN8: 'ean-8', UPCA: 'upc-a', UPCE: 'upc-e', ITF: 'itf-14', Code128: 'code-128', DataMatrix: 'datamatrix', QRCode: 'qr' }
/** The identifiers of ISO/IEC 15424 by which a symbol says that it carries GS1 data. */
const OF_GS1: Record<string, string> = { ']C1': 'gs1-128', ']d2': 'gs1-datamatrix', ']Q3': 'gs1-qr' }

function decoded({ text, symbologyIdentifier, format }: ReadResult): Decoded {
  return { code: text, symbology: OF_GS1[symbologyIdentifier] ?? NAMES[format] ?? '' }
}
// #endif
