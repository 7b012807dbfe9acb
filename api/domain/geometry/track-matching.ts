import { type MetricFrame, metricFrame, toMetres } from './metric-frame.ts'
import { lineFinder } from './nearest-line.ts'
import { walkedFixes } from './walked-fixes.ts'

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

/** From the centreline to the far edge of a footway, and half of what the phone is off. */
const CORRIDOR_M = 15
/** Steps along the track, and pieces of a side, in metres. */
const STEP_M = 2
/**
 * Beyond this part of its accuracy from the centreline a fix says which side it is on: right nine times in ten where
 * accuracy is a radius of 95 %, as W3C Geolocation has it, three in four where the phone means 68 %.
 */
const TELLING_PART = 0.5

/**
 * The sides that the track touched at all, with the share of each that it walked; in the order of the streets. A place
 * counts for its nearest street when that is within 15 m and the accuracy; where the accuracy cannot tell the sides
 * apart, for both.
 */
export function walkedSides(
  track: readonly TrackFix[],
  streets: readonly WalkableStreet[],
): WalkedSide[] {
  const usable = streets.filter((street) => street.centreline.length > 1)
  const first = usable[0]?.centreline[0]
  if (!first || track.length === 0) return []
  const frame = metricFrame(first[0], first[1])
  const lines = usable.map((street) => metricLine(frame, street.centreline))
  const samples = samplesOf(frame, track)
  const near = lineFinder(
    lines.map(({ points }) => ({ parts: [points] })),
    CORRIDOR_M + samples.accuracy_m.reduce((most, one) => Math.max(most, one), 0),
  ).nearestOfMany(samples.xs, samples.ys)
  const walked = lines.map(({ length_m }) => {
    const pieces = Math.max(1, Math.ceil(length_m / STEP_M))
    return { left: new Uint8Array(pieces), right: new Uint8Array(pieces) }
  })
  for (let s = 0; s < samples.xs.length; s++) {
    const line = near.line[s]!
    const accuracy = samples.accuracy_m[s]!
    if (line < 0 || near.distance_m[s]! > CORRIDOR_M + accuracy) continue
    const along = alongLine(lines[line]!, samples.xs[s]!, samples.ys[s]!)
    const { left, right } = walked[line]!
    if (near.distance_m[s]! > accuracy * TELLING_PART)
      mark(near.side[s]! > 0 ? left : right, along, SURE)
    else {
      mark(left, along, EITHER)
      mark(right, along, EITHER)
    }
  }
  return usable.flatMap(({ segment_id, sides }, i) =>
    sides.flatMap((side) => {
      const found = shareOf(walked[i]![side])
      return found.share > 0 ? [{ segment_id, side, ...found }] : []
    }),
  )
}

/** What is known of a piece of a side: nothing, that it or the other one was walked, that it was. */
const EITHER = 1
const SURE = 2

interface MetricLine {
  /** x, y pairs. */
  points: Float64Array
  length_m: number
}

function metricLine(frame: MetricFrame, degrees: WalkableStreet['centreline']): MetricLine {
  const points = Float64Array.from(degrees.flatMap(([lon, lat]) => toMetres(frame, lon, lat)))
  let length_m = 0
  for (let k = 2; k < points.length; k += 2)
    length_m += Math.hypot(points[k]! - points[k - 2]!, points[k + 1]! - points[k - 1]!)
  return { points, length_m }
}

/** How far along the line, 0 to 1, its nearest place to a point lies. */
function alongLine({ points, length_m }: MetricLine, x: number, y: number): number {
  let least = Infinity
  let at = 0
  let passed = 0
  for (let k = 2; k < points.length; k += 2) {
    const ax = points[k - 2]!
    const ay = points[k - 1]!
    const dx = points[k]! - ax
    const dy = points[k + 1]! - ay
    const squared = dx * dx + dy * dy
    const t =
      squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared))
    const ex = ax + t * dx - x
    const ey = ay + t * dy - y
    const length = Math.sqrt(squared)
    if (ex * ex + ey * ey < least) {
      least = ex * ex + ey * ey
      at = passed + t * length
    }
    passed += length
  }
  return length_m === 0 ? 0 : at / length_m
}

/** Marks a piece and its neighbours: steps and pieces are equally long, so that none is stepped over. */
function mark(pieces: Uint8Array, along: number, what: number): void {
  const piece = Math.min(pieces.length - 1, Math.floor(along * pieces.length))
  for (let i = Math.max(0, piece - 1); i <= Math.min(pieces.length - 1, piece + 1); i++)
    if (pieces[i]! < what) pieces[i] = what
}

function shareOf(pieces: Uint8Array): { share: number; is_sure: boolean } {
  let [sure, all] = [0, 0]
  for (const piece of pieces) {
    if (piece === SURE) sure++
    if (piece > 0) all++
  }
  const share = all / pieces.length
  return { share, is_sure: sure / pieces.length >= Math.min(share, WALKED_SHARE) }
}

/** The walked part of the track with a place at least every two metres, in metres of the frame. */
function samplesOf(frame: MetricFrame, track: readonly TrackFix[]) {
  const positions = track.map((fix) => toMetres(frame, fix.lon, fix.lat))
  const walked = walkedFixes({
    xs: Float64Array.from(positions, ([x]) => x),
    ys: Float64Array.from(positions, ([, y]) => y),
    accuracy_m: Float64Array.from(track, (fix) => fix.accuracy_m),
    at: Float64Array.from(track, (fix) => fix.at),
  })
  const [xs, ys, accuracy_m]: [number[], number[], number[]] = [[], [], []]
  const add = (x: number, y: number, accuracy: number) => {
    xs.push(x)
    ys.push(y)
    accuracy_m.push(accuracy)
  }
  for (let i = 0; i < walked.xs.length; i++) {
    const [x, y, accuracy] = [walked.xs[i]!, walked.ys[i]!, walked.accuracy_m[i]!]
    if (walked.isJoined[i]) {
      const [dx, dy] = [x - walked.xs[i - 1]!, y - walked.ys[i - 1]!]
      const steps = Math.floor(Math.hypot(dx, dy) / STEP_M)
      const worse = Math.max(accuracy, walked.accuracy_m[i - 1]!)
      for (let step = 1; step <= steps; step++) {
        const rest = 1 - step / (steps + 1)
        add(x - dx * rest, y - dy * rest, worse)
      }
    }
    add(x, y, accuracy)
  }
  return {
    xs: Float64Array.from(xs),
    ys: Float64Array.from(ys),
    accuracy_m: Float64Array.from(accuracy_m),
  }
}
