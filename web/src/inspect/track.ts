import { metricFrame, toMetres } from '../../../api/domain/geometry/metric-frame.ts'

/** The track of a patrol. Pure. */

/** Where the phone was. */
export interface Fix {
  lon: number
  lat: number
  accuracy_m: number
  /** Epoch milliseconds. */
  at: number
}

const STEP_M = 2
const STEP_MS = 1_000
/** Standing still is kept too, so that a gap means that nothing was heard. */
const PULSE_MS = 15_000
/** Beyond this a fix says little about which street it is. */
const WORST_ACCURACY_M = 50

/** Whether a fix adds something to a track that ends with `last`. */
export function isWorthKeeping(last: Fix | null, fix: Fix): boolean {
  if (!last) return true
  const waited = fix.at - last.at
  if (waited < STEP_MS) return false
  return waited >= PULSE_MS || distance(last, fix) >= STEP_M
}

/** Metres walked; fixes worse than 50 m are left out. */
export function trackLength(track: readonly Fix[]): number {
  let length = 0
  let last: Fix | null = null
  for (const fix of track) {
    if (fix.accuracy_m > WORST_ACCURACY_M) continue
    if (last) length += distance(last, fix)
    last = fix
  }
  return length
}

function distance(a: Fix, b: Fix): number {
  return Math.hypot(...toMetres(metricFrame(a.lon, a.lat), b.lon, b.lat))
}
