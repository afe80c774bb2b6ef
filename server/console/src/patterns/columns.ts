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
  /** Not shown where the screen is narrower than 1180 px. */
  late?: boolean
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
