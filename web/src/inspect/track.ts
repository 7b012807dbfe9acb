import { distanceOf } from '../../../api/domain/geometry/track-length.ts'
import type { TrackFix } from '../../../api/domain/geometry/track-matching.ts'

const STEP_M = 2
const STEP_MS = 1_000
/** Standing still is kept too, so that a gap means that nothing was heard. */
const PULSE_MS = 15_000

/** Whether a fix adds something to a track that ends with `last`. */
export function isWorthKeeping(last: TrackFix | null, fix: TrackFix): boolean {
  if (!last) return true
  const waited = fix.at - last.at
  if (waited < STEP_MS) return false
  return waited >= PULSE_MS || distanceOf(last, fix) >= STEP_M
}
