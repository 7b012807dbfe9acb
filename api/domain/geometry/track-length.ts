import { metricFrame, toMetres } from './metric-frame.ts'
import type { TrackFix } from './track-matching.ts'

/** Beyond this a fix says little about where somebody was. */
const WORST_ACCURACY_M = 50

/** Metres along a track; fixes worse than 50 m are left out. */
export function trackLength(track: readonly TrackFix[]): number {
  let length = 0
  let last: TrackFix | null = null
  for (const fix of track) {
    if (fix.accuracy_m > WORST_ACCURACY_M) continue
    if (last) length += distanceOf(last, fix)
    last = fix
  }
  return length
}

/** Metres between two fixes. */
export const distanceOf = (a: TrackFix, b: TrackFix): number =>
  Math.hypot(...toMetres(metricFrame(a.lon, a.lat), b.lon, b.lat))
