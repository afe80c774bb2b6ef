/** The surroundings of a point reach this part of the picture's width to each side: several bars, but no whole code. */
const SURROUNDINGS = 20

/**
 * A picture as it would look in even light, in black and white: what is darker than `ink` parts of the mean of its
 * surroundings is ink, so that neither the shadow of a shelf nor a lamp moves the line between paper and ink. (Bradley's
 * adaptive threshold; sums over rectangles make the size of the surroundings cost nothing.)
 */
export function inEvenLight({ width, height, data }: ImageData, ink: number): ImageData {
  const grey = greyOf(data)
  const sums = new Float64Array((width + 1) * (height + 1))
  for (let y = 0; y < height; y += 1) {
    let row = 0
    for (let x = 0; x < width; x += 1) {
      row += grey[y * width + x]!
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1]! + row
    }
  }
  const near = Math.max(8, Math.round(width / SURROUNDINGS))
  const even = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    const [top, bottom] = [Math.max(0, y - near), Math.min(height, y + near + 1)]
    for (let x = 0; x < width; x += 1) {
      const [left, right] = [Math.max(0, x - near), Math.min(width, x + near + 1)]
      const sum = sums[bottom * (width + 1) + right]! - sums[top * (width + 1) + right]! - sums[bottom * (width + 1) + left]! + sums[top * (width + 1) + left]!
      const at = y * width + x
      even[at * 4] = even[at * 4 + 1] = even[at * 4 + 2] = grey[at]! * (bottom - top) * (right - left) >= sum * ink ? 255 : 0
      even[at * 4 + 3] = 255
    }
  }
  return { width, height, data: even, colorSpace: 'srgb' } as ImageData
}

function greyOf(data: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(data.length / 4)
  for (let at = 0; at < grey.length; at += 1) grey[at] = (data[at * 4]! * 77 + data[at * 4 + 1]! * 150 + data[at * 4 + 2]! * 29) >> 8
  return grey
}
