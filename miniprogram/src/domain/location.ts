/** A place in degrees. */
export interface Place {
  lat: number
  lng: number
}

const AXIS = 6378245
const FLATTENING = 0.006693421622965943

function shiftLat(x: number, y: number): number {
  const waves = 20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)
  const north = 20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)
  const far = 160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)
  return -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + ((waves + north + far) * 2) / 3
}

function shiftLng(x: number, y: number): number {
  const waves = 20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)
  const east = 20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)
  const far = 150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)
  return 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + ((waves + east + far) * 2) / 3
}

/** What a browser measures (WGS-84) as China's maps draw it (GCJ-02); abroad both are the same. */
export function toGcj02(place: Place): Place {
  const { lat, lng } = place
  if (lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271) return place
  const angle = (lat / 180) * Math.PI
  const magic = 1 - FLATTENING * Math.sin(angle) ** 2
  const dLat = (shiftLat(lng - 105, lat - 35) * 180) / (((AXIS * (1 - FLATTENING)) / (magic * Math.sqrt(magic))) * Math.PI)
  const dLng = (shiftLng(lng - 105, lat - 35) * 180) / ((AXIS / Math.sqrt(magic)) * Math.cos(angle) * Math.PI)
  return { lat: lat + dLat, lng: lng + dLng }
}

/** Six digits are a tenth of a metre. */
export function rounded(place: Place): Place {
  const six = (value: number): number => Math.round(value * 1e6) / 1e6
  return { lat: six(place.lat), lng: six(place.lng) }
}
