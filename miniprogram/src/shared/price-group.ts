/** A group of buyers as it is shown: the one that everybody is in at first has no name of its own. */
export function priceGroup(name: string): string {
  return name === 'standard' ? '标准价' : name
}
