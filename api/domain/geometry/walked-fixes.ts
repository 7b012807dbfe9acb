/** A track in metres of one frame, epoch milliseconds, in flat arrays of equal length. */
export interface MetricTrack {
  xs: Float64Array
  ys: Float64Array
  accuracy_m: Float64Array
  at: Float64Array
}

/** Fixes that somebody walked; `isJoined[i]` is 1 where the way from fix i − 1 was walked too. */
export interface WalkedFixes extends MetricTrack {
  isJoined: Uint8Array
}

/** Beyond this a fix says little about where somebody was. */
const WORST_ACCURACY_M = 50
/** Faster than a run: the phone jumped, or somebody drives, and who drives does not look. */
const FASTEST_M_S = 3
/** A speed is judged over this time: within a second two good fixes already differ by more than a walk. */
const SPEED_OVER_MS = 10_000
/** What lies between two jumps and lasts no longer was never there. */
const SHORTEST_STAY_MS = 10_000
const LONGEST_GAP_MS = 30_000

/**
 * Leaves out bad fixes, jumps of the phone, and what was driven. Over silences of up to 30 seconds the way is taken to
 * be walked straight.
 */
export function walkedFixes(track: MetricTrack): WalkedFixes {
  const good = withoutJumps(
    track,
    Array.from(track.at.keys()).filter((i) => track.accuracy_m[i]! <= WORST_ACCURACY_M),
  )
  const isDriven = drivenAmong(track, good)
  const kept = good.filter((_, k) => !isDriven[k])
  const isJoined = new Uint8Array(kept.length)
  let before = -1
  let k = 0
  good.forEach((fix, g) => {
    if (isDriven[g]) before = -1
    else {
      if (before >= 0 && track.at[fix]! - track.at[before]! <= LONGEST_GAP_MS)
        isJoined[k] = isTooFast(track, before, fix) ? 0 : 1
      before = fix
      k++
    }
  })
  const take = (values: Float64Array) => Float64Array.from(kept, (i) => values[i]!)
  return {
    xs: take(track.xs),
    ys: take(track.ys),
    accuracy_m: take(track.accuracy_m),
    at: take(track.at),
    isJoined,
  }
}

/** Fixes in the order of time, without the short stays elsewhere that begin and end with a jump. */
function withoutJumps(track: MetricTrack, fixes: readonly number[]): number[] {
  const stays: number[][] = []
  for (const fix of fixes) {
    const stay = stays.at(-1)
    const last = stay?.at(-1)
    if (stay && last !== undefined) {
      // A clock that goes back, or a fix that comes twice.
      if (!(track.at[fix]! > track.at[last]!)) continue
      if (!isTooFast(track, last, fix)) {
        stay.push(fix)
        continue
      }
    }
    stays.push([fix])
  }
  if (stays.length === 1) return stays[0]!
  return stays
    .filter((stay) => track.at[stay.at(-1)!]! - track.at[stay[0]!]! >= SHORTEST_STAY_MS)
    .flat()
}

/** 1 for each of the fixes that lies in a stretch of ten seconds or more that went too fast for a walk. */
function drivenAmong(track: MetricTrack, fixes: readonly number[]): Uint8Array {
  const isDriven = new Uint8Array(fixes.length)
  let to = 0
  let marked = 0
  for (let from = 0; from < fixes.length; from++) {
    while (to < fixes.length && track.at[fixes[to]!]! - track.at[fixes[from]!]! < SPEED_OVER_MS)
      to++
    if (to === fixes.length) break
    if (!isTooFast(track, fixes[from]!, fixes[to]!)) continue
    // Over a long silence the way is not known, but neither of its ends was driven through.
    if (track.at[fixes[to]!]! - track.at[fixes[from]!]! > LONGEST_GAP_MS) continue
    marked = Math.max(marked, from)
    while (marked <= to) isDriven[marked++] = 1
  }
  return isDriven
}

/** Whether it went faster than one runs, even if both fixes are as far off as they may be. */
function isTooFast({ xs, ys, accuracy_m, at }: MetricTrack, from: number, to: number): boolean {
  const distance = Math.hypot(xs[to]! - xs[from]!, ys[to]! - ys[from]!)
  const surely = distance - accuracy_m[from]! - accuracy_m[to]!
  return surely > FASTEST_M_S * ((at[to]! - at[from]!) / 1000)
}
