import { localFile } from './files'

const KEPT = 300
const kept = new Map<string, Promise<string>>()

/** A product's picture as an address that <image> can show; asked for once, however many rows show it. */
export function pictureOf(productId: number, image: string): Promise<string> {
  const path = `/api/v1/products/${productId}/picture?of=${encodeURIComponent(image)}`
  const known = kept.get(path)
  if (known) return known
  const asked = localFile(path)
  kept.set(path, asked)
  asked.catch(() => kept.delete(path))
  if (kept.size > KEPT) forget(kept.keys().next().value!)
  return asked
}

/** A browser keeps the picture in memory until its address is given back. */
function forget(path: string): void {
  const gone = kept.get(path)
  kept.delete(path)
  // #ifdef H5
  void gone?.then((url) => URL.revokeObjectURL(url)).catch(() => undefined)
  // #endif
}
