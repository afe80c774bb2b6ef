import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { prepareZXingModule, writeBarcode, type WriterOptions } from 'zxing-wasm/writer'

const resolve = createRequire(import.meta.url).resolve

// What draws the codes (libzint) is not what reads them (ZXing-C++).
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(readFileSync(resolve('zxing-wasm/writer/zxing_writer.wasm'))).buffer as ArrayBuffer } })

/** A grey picture, a byte for each point. */
export interface Picture {
  width: number
  height: number
  points: Float32Array
}

const WIDTH = 800
const HEIGHT = 450
const TABLE = 118
const PAPER = 232
const INK = 28

/** A printed code, `module` points to its smallest bar, on white paper on a grey table, as the camera sees it from above. */
export async function printed(format: WriterOptions['format'], text: string, module: number, gs1 = false): Promise<Picture> {
  const { symbol, error } = await writeBarcode(text, { format, options: gs1 ? 'gs1' : '' })
  if (!symbol || error) throw new Error(error || `no ${format}`)
  const flat = symbol.height < symbol.width / 2 || symbol.height !== symbol.width
  const width = symbol.width * module
  const height = flat ? Math.max(120, Math.round(width / 4)) : symbol.height * module
  const quiet = 10 * module
  const points = new Float32Array(WIDTH * HEIGHT).fill(TABLE)
  const left = Math.round((WIDTH - width) / 2)
  const top = Math.round((HEIGHT - height) / 2)
  for (let y = top - quiet; y < top + height + quiet; y += 1) {
    for (let x = left - quiet; x < left + width + quiet; x += 1) {
      if (x < 0 || y < 0 || x >= WIDTH || y >= HEIGHT) continue
      const column = Math.floor((x - left) / module)
      const row = flat ? 0 : Math.floor((y - top) / module)
      const inside = x >= left && x < left + width && y >= top && y < top + height
      points[y * WIDTH + x] = inside && symbol.data[row * symbol.width + column] === 0 ? INK : PAPER
    }
  }
  return { width: WIDTH, height: HEIGHT, points }
}

/** Turned by some degrees about its middle, as nobody holds a phone straight. */
export function tilted({ width, height, points }: Picture, degrees: number): Picture {
  const turned = new Float32Array(width * height).fill(TABLE)
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)]
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [dx, dy] = [x - width / 2, y - height / 2]
      const [fromX, fromY] = [width / 2 + dx * cos + dy * sin, height / 2 - dx * sin + dy * cos]
      const [x0, y0] = [Math.floor(fromX), Math.floor(fromY)]
      if (x0 < 0 || y0 < 0 || x0 + 1 >= width || y0 + 1 >= height) continue
      const [a, b] = [fromX - x0, fromY - y0]
      const at = y0 * width + x0
      const upper = points[at]! * (1 - a) + points[at + 1]! * a
      const lower = points[at + width]! * (1 - a) + points[at + width + 1]! * a
      turned[y * width + x] = upper * (1 - b) + lower * b
    }
  }
  return { width, height, points: turned }
}

/** Out of focus: three passes of a box come near to a lens. */
export function blurred(picture: Picture, radius: number): Picture {
  let points = picture.points
  for (let pass = 0; pass < 3; pass += 1) points = boxed(boxed(points, picture.width, picture.height, radius, 1), picture.width, picture.height, radius, picture.width)
  return { ...picture, points }
}

function boxed(points: Float32Array, width: number, height: number, radius: number, step: number): Float32Array {
  const soft = new Float32Array(points.length)
  const [lines, length, jump] = step === 1 ? [height, width, width] : [width, height, 1]
  for (let line = 0; line < lines; line += 1) {
    for (let at = 0; at < length; at += 1) {
      let sum = 0
      let count = 0
      for (let near = Math.max(0, at - radius); near <= Math.min(length - 1, at + radius); near += 1) {
        sum += points[line * jump + near * step]!
        count += 1
      }
      soft[line * jump + at * step] = sum / count
    }
  }
  return soft
}

/** Lit from one side: the right half lies in the shadow of the shelf, and the light falls off. */
export function halfLit(picture: Picture): Picture {
  const { width, points } = picture
  return { ...picture, points: points.map((point, at) => point * (at % width > width / 2 ? 0.42 : 1) * (1 - 0.25 * (Math.floor(at / width) / picture.height))) }
}

/** The grain of a small sensor; always the same one. */
export function grainy(picture: Picture, strength: number): Picture {
  let seed = 7
  const next = () => (seed = (seed * 16807) % 2147483647) / 2147483647
  return { ...picture, points: picture.points.map((point) => point + (next() - 0.5) * strength) }
}

/** As a canvas gives it. */
export function asImage({ width, height, points }: Picture): ImageData {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let at = 0; at < points.length; at += 1) {
    data[at * 4] = data[at * 4 + 1] = data[at * 4 + 2] = points[at]!
    data[at * 4 + 3] = 255
  }
  return { width, height, data, colorSpace: 'srgb' } as ImageData
}
