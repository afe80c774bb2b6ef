// #ifdef H5
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'

// The reader's WebAssembly comes from our own server instead of the package's default outside host.
prepareZXingModule({ overrides: { locateFile: () => wasm } })
// #endif

/** Reads the retail barcodes (EAN/UPC on pieces, ITF-14 on cases, GS1-128) in a picture, by ZXing-C++. */
export async function openBarcodeReader(): Promise<(image: ImageData) => Promise<string | null>> {
  // #ifdef H5
  await prepareZXingModule({ fireImmediately: true })
  return async (image) => {
    const found = await readBarcodes(image, { formats: ['EANUPC', 'ITF', 'Code128'], maxNumberOfSymbols: 1, tryHarder: true })
    return found[0]?.text ?? null
  }
  // #endif
  // #ifndef H5
   
  return () => Promise.resolve(null)
  // #endif
}
