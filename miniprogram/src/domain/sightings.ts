/** A code that stays in the picture counts once; out of sight for this long it is there again. */
export const OUT_OF_SIGHT_MS = 1200

/**
 * Tells the codes that have just come before the camera from those that are still there. Several may lie side by side;
 * a frame in which one was not read (a hand shook) does not make it new.
 */
export function sightings(): <T extends { code: string }>(found: readonly T[], now: number) => T[] {
  const lastSeen = new Map<string, number>()
  return (found, now) => {
    const fresh = found.filter(({ code }) => now - (lastSeen.get(code) ?? -Infinity) > OUT_OF_SIGHT_MS)
    found.forEach(({ code }) => lastSeen.set(code, now))
    for (const [code, seen] of lastSeen) if (now - seen > OUT_OF_SIGHT_MS) lastSeen.delete(code)
    return fresh
  }
}
