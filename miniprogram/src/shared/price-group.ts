/** The group that everybody is in at first. */
export const STANDARD_GROUP = 'standard'

/** A group of buyers as it is shown: the one that everybody is in at first has no name of its own. */
export function priceGroup(name: string): string {
  return name === STANDARD_GROUP ? '标准价' : name
}
