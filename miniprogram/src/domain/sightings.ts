/** A code that stays in the picture counts once; out of sight for this long it is there again. */
export const OUT_OF_SIGHT_MS = 1200

/**
 * Tells the codes that have just come before the camera from those that are still there. Several may lie side by side;
 * a frame in which one was not read (a hand shook) does not make it new. While nobody listens, what was told stays
 * told, and what comes is told later.
 */
export function sightings(): <T extends { code: string }>(found: readonly T[], now: number, listening?: boolean) => T[] {
  const lastSeen = new Map<string, number>()
  return (found, now, listening = true) => {
    for (const [code, seen] of lastSeen) if (now - seen > OUT_OF_SIGHT_MS) lastSeen.delete(code)
    const fresh = listening ? found.filter(({ code }) => !lastSeen.has(code)) : []
    for (const { code } of found) if (listening || lastSeen.has(code)) lastSeen.set(code, now)
    return fresh
  }
}
