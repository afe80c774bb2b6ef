/** Outlines of packages, one per base unit, drawn on a 64 × 64 field. */
const OUTLINES = {
  bottle:
    "<path d='M28 8h8v8l4 7c1 2 2 4 2 7v22a4 4 0 0 1-4 4H26a4 4 0 0 1-4-4V30c0-3 1-5 2-7l4-7z' fill='C'/><rect x='27' y='6' width='10' height='5' rx='1.5' fill='D'/><rect x='22' y='34' width='20' height='12' fill='#fff' fill-opacity='.55'/><path d='M26 24v26' stroke='#fff' stroke-opacity='.5' stroke-width='2' stroke-linecap='round'/>",
  can: "<rect x='19' y='11' width='26' height='44' rx='5' fill='C'/><rect x='21' y='8' width='22' height='5' rx='2' fill='D'/><rect x='19' y='26' width='26' height='15' fill='#fff' fill-opacity='.55'/><path d='M24 18v32' stroke='#fff' stroke-opacity='.5' stroke-width='2' stroke-linecap='round'/>",
  bag: "<path d='M16 12c5 2 10 2 16 0 6 2 11 2 16 0l-2 20 2 20c-5-2-10-2-16 0-6-2-11-2-16 0l2-20z' fill='C'/><path d='M16 17h32M16 47h32' stroke='D' stroke-width='2' stroke-dasharray='2 2'/><ellipse cx='32' cy='32' rx='11' ry='8' fill='#fff' fill-opacity='.6'/>",
  box: "<rect x='12' y='16' width='40' height='36' rx='4' fill='C'/><rect x='12' y='16' width='40' height='9' rx='4' fill='D'/><rect x='20' y='31' width='24' height='13' rx='2' fill='#fff' fill-opacity='.6'/>",
  cup: "<path d='M18 18h28l-4 34a4 4 0 0 1-4 3H26a4 4 0 0 1-4-3z' fill='C'/><rect x='15' y='11' width='34' height='8' rx='4' fill='D'/><path d='M20 30h24l-1.500 12h-21z' fill='#fff' fill-opacity='.55'/>",
  bar: "<path d='M8 24h6l2-3h32l2 3h6v16h-6l-2 3H16l-2-3H8z' fill='C'/><path d='M14 24v16M50 24v16' stroke='D' stroke-width='2'/><rect x='21' y='27' width='22' height='10' rx='3' fill='#fff' fill-opacity='.6'/>",
} as const

type Outline = keyof typeof OUTLINES

const BY_UNIT: Record<string, Outline> = {
  瓶: 'bottle', 支: 'bottle', 罐: 'can', 听: 'can', 桶: 'cup', 杯: 'cup', 碗: 'cup', 袋: 'bag', 包: 'bag', 盒: 'box', 提: 'box', 条: 'bar', 根: 'bar', 块: 'bar',
}

function darker(color: string): string {
  const value = /^#[0-9a-f]{6}$/i.test(color) ? parseInt(color.slice(1), 16) : 0x8aa4b8
  const parts = [value >> 16, (value >> 8) & 255, value & 255].map((part) => Math.round(part * 0.72))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** A picture of the product in its own colour, for products without a photograph. */
export function productPicture(color: string, baseUnit: string): string {
  const shape = OUTLINES[BY_UNIT[baseUnit] ?? 'box'].replace(/'C'/g, `'${color}'`).replace(/'D'/g, `'${darker(color)}'`)
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'><rect width='64' height='64' fill='${color}' fill-opacity='.13'/>${shape}</svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
