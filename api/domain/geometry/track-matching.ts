import { kerbLine, type KerbLine, placeOnKerb } from './kerb-line.ts'
import { type MetricFrame, metricFrame, toMetres } from './metric-frame.ts'
import { lineFinder } from './nearest-line.ts'

/** Which street sides a track walked: the effort of a patrol, from what the phone heard. */

/** Where a phone was: degrees (WGS 84), metres, epoch milliseconds. */
export interface TrackFix {
  lon: number
  lat: number
  accuracy_m: number
  at: number
}

/** A street with the sides it has; its centreline in degrees, lon lat, in the drawn direction. */
export interface WalkableStreet {
  segment_id: string
  centreline: readonly (readonly [lon: number, lat: number])[]
  sides: readonly ('left' | 'right')[]
}

/** How much of a side was walked: 0 to 1. Not sure where the phone could not tell one side from the other. */
export interface WalkedSide {
  segment_id: string
  side: 'left' | 'right'
  share: number
  is_sure: boolean
}

/** A side counts as walked from this share on: corners are cut, and nobody walks into a house's wall. */
export const WALKED_SHARE = 0.7

const CORRIDOR_M = 15
const WORST_ACCURACY_M = 50
/** Faster than a run: the phone jumped, or somebody drives, and who drives does not look. */
const FASTEST_M_S = 3
const LONGEST_GAP_MS = 30_000
/** Steps along the track, and pieces of a side, in metres. */
const STEP_M = 2

interface Sample {
  x: number
  y: number
  accuracy_m: number
}

/** The sides that the track touched at all, with the share of each that it walked; in the order of the streets. */
export function walkedSides(
  track: readonly TrackFix[],
  streets: readonly WalkableStreet[],
): WalkedSide[] {
  const usable = streets.filter((street) => street.centreline.length > 1)
  const first = usable[0]?.centreline[0]
  if (!first || track.length === 0) return []
  const frame = metricFrame(first[0], first[1])
  const lines = usable.map((street) =>
    kerbLine(street.centreline.map(([lon, lat]) => toMetres(frame, lon, lat))),
  )
  const finder = lineFinder(
    lines.map((line) => ({ parts: [Float64Array.from(line.points.flat())] })),
    CORRIDOR_M + WORST_ACCURACY_M,
  )
  const walked = lines.map((line) => new Walked(line))
  for (const sample of samplesOf(frame, track)) {
    const near = finder.nearest(sample.x, sample.y)
    if (!near || near.distance_m > CORRIDOR_M + sample.accuracy_m) continue
    const isSure = near.distance_m > sample.accuracy_m / 2
    walked[near.line]!.mark([sample.x, sample.y], near.side, isSure)
  }
  return usable.flatMap(({ segment_id, sides }, i) =>
    sides.flatMap((side) => {
      const { share, is_sure } = walked[i]!.shareOf(side)
      return share > 0 ? [{ segment_id, side, share, is_sure }] : []
    }),
  )
}

/** The pieces of a street's two sides that were walked. */
class Walked {
  readonly #line: KerbLine
  readonly #sure: Record<'left' | 'right', Uint8Array>
  readonly #either: Uint8Array

  constructor(line: KerbLine) {
    this.#line = line
    const pieces = Math.max(1, Math.ceil(line.length_m / STEP_M))
    this.#sure = { left: new Uint8Array(pieces), right: new Uint8Array(pieces) }
    this.#either = new Uint8Array(pieces)
  }

  mark(point: [number, number], side: 'left' | 'right', isSure: boolean): void {
    const { along_m } = placeOnKerb(this.#line, point)
    const pieces = this.#either.length
    const piece = Math.min(pieces - 1, Math.floor((along_m / this.#line.length_m) * pieces))
    const marks = isSure ? this.#sure[side] : this.#either
    // One piece to either side: steps and pieces are equally long, so that none is stepped over.
    for (let i = Math.max(0, piece - 1); i <= Math.min(pieces - 1, piece + 1); i++) marks[i] = 1
  }

  shareOf(side: 'left' | 'right'): { share: number; is_sure: boolean } {
    const sure = this.#sure[side]
    let [certain, all] = [0, 0]
    for (let i = 0; i < sure.length; i++) {
      certain += sure[i]!
      all += sure[i]! | this.#either[i]!
    }
    const share = all / sure.length
    return { share, is_sure: certain / sure.length >= Math.min(share, WALKED_SHARE) }
  }
}

/** The track as steps of two metres, without jumps and bad fixes; over short silences it goes straight. */
function* samplesOf(frame: MetricFrame, track: readonly TrackFix[]): Generator<Sample> {
  let last: (Sample & { at: number }) | null = null
  for (const fix of track) {
    if (!(fix.accuracy_m <= WORST_ACCURACY_M)) continue
    const [x, y] = toMetres(frame, fix.lon, fix.lat)
    const here = { x, y, accuracy_m: fix.accuracy_m, at: fix.at }
    if (last) {
      const waited = here.at - last.at
      if (waited <= 0) continue
      const walked = Math.hypot(x - last.x, y - last.y)
      // What the two accuracies allow is no speed.
      const surely = Math.max(0, walked - last.accuracy_m - here.accuracy_m)
      if (surely / (waited / 1000) > FASTEST_M_S) continue
      if (waited <= LONGEST_GAP_MS)
        for (let m = STEP_M; m < walked; m += STEP_M)
          yield {
            x: last.x + ((x - last.x) * m) / walked,
            y: last.y + ((y - last.y) * m) / walked,
            accuracy_m: Math.max(last.accuracy_m, here.accuracy_m),
          }
    }
    yield here
    last = here
  }
}
