/** A column of a DataTable. */
export interface Column<T> {
  /** Names the cell's slot; also the field that is shown when there is neither slot nor `text`. */
  key: string
  title: string
  /** As CSS says it: "120px"; without it the column takes what is left. */
  width?: string
  align?: 'right' | 'center'
  text?: (row: T) => string | number
  /** The field that the API sorts by. */
  sort?: string
  class?: string
  /** Left out where there is no room for all; the last such column first. */
  late?: boolean
}

/** What a column without a width of its own must have, to be read. */
const LEAST_PX = 144

/** The columns to leave out in so many pixels, and how many the others need at least. */
export function fitting(columns: readonly Pick<Column<never>, 'key' | 'width' | 'late'>[], px: number): { left: ReadonlySet<string>; needs: number } {
  const width = (column: { width?: string }): number => (column.width?.endsWith('px') ? parseFloat(column.width) : LEAST_PX)
  const left = new Set<string>()
  let needs = columns.reduce((sum, column) => sum + width(column), 0)
  for (const column of columns.filter(({ late }) => late).reverse()) {
    if (needs <= px) break
    left.add(column.key)
    needs -= width(column)
  }
  return { left, needs }
}

/** "name" is ascending, "-name" descending. */
export function sortDirection(sort: string | undefined, field: string): 'ascending' | 'descending' | 'none' {
  if (sort === field) return 'ascending'
  return sort === `-${field}` ? 'descending' : 'none'
}

/** A press on a column's head: ascending, then descending, then as it was. */
export function nextSort(sort: string | undefined, field: string): string {
  if (sort === field) return `-${field}`
  return sort === `-${field}` ? '' : field
}
