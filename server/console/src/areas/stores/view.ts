/** A part of the map, and how it is drawn: degrees to pixels with the latitudes stretched as on the maps people know. */
export interface Box {
  west: number
  south: number
  east: number
  north: number
}

export const CHINA: Box = { west: 73, south: 17.5, east: 135.5, north: 54 }

/** Web Mercator: how far up a latitude is drawn. */
export function up(lat: number): number {
  return Math.log(Math.tan(Math.PI / 4 + (Math.max(-85, Math.min(85, lat)) * Math.PI) / 360))
}

function latOf(y: number): number {
  return (Math.atan(Math.exp(y)) * 360) / Math.PI - 90
}

export interface View {
  /** Pixels per degree of longitude. */
  scale: number
  /** What lies in the middle. */
  lng: number
  lat: number
}

const PER_DEGREE = 180 / Math.PI

/** A view that shows a box whole in an area of so many pixels. */
export function fit(box: Box, width: number, height: number): View {
  const across = Math.max(box.east - box.west, 0.02)
  const high = Math.max((up(box.north) - up(box.south)) * PER_DEGREE, 0.02)
  return { scale: Math.min(width / across, height / high) * 0.94, lng: (box.west + box.east) / 2, lat: latOf((up(box.north) + up(box.south)) / 2) }
}

/** Where a place is drawn. */
export function place(view: View, lng: number, lat: number, width: number, height: number): [x: number, y: number] {
  return [width / 2 + (lng - view.lng) * view.scale, height / 2 - (up(lat) - up(view.lat)) * PER_DEGREE * view.scale]
}

/** What a view shows. */
export function boxOf(view: View, width: number, height: number): Box {
  const half = width / 2 / view.scale
  const tall = height / 2 / view.scale / PER_DEGREE
  const within = (degrees: number, most: number): number => Math.max(-most, Math.min(most, degrees))
  return {
    west: within(view.lng - half, 180), east: within(view.lng + half, 180),
    south: within(latOf(up(view.lat) - tall), 85), north: within(latOf(up(view.lat) + tall), 85),
  }
}

/** Nearer or further, so that the place under the pointer stays there. */
export function zoomed(view: View, by: number, x: number, y: number, width: number, height: number): View {
  const scale = Math.max(4, Math.min(40_000, view.scale * by))
  const lng = view.lng + (x - width / 2) * (1 / view.scale - 1 / scale)
  const lat = latOf(up(view.lat) + ((height / 2 - y) / PER_DEGREE) * (1 / view.scale - 1 / scale))
  return { scale, lng, lat }
}

/** Dragged by so many pixels. */
export function dragged(view: View, dx: number, dy: number): View {
  return { ...view, lng: view.lng - dx / view.scale, lat: latOf(up(view.lat) + dy / PER_DEGREE / view.scale) }
}

/** A round length for the scale bar: its kilometres and pixels. */
export function ruler(view: View): { km: number; pixels: number } {
  const kmPerPixel = (111.32 * Math.cos((view.lat * Math.PI) / 180)) / view.scale
  const most = kmPerPixel * 120
  const ten = 10 ** Math.floor(Math.log10(most))
  const km = [5, 2, 1].map((step) => step * ten).find((one) => one <= most) ?? ten
  return { km, pixels: km / kmPerPixel }
}
