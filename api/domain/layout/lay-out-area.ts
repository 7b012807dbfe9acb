import type { Polygon } from 'geojson'
import { toMetres } from '../geometry/metric-frame.ts'
import { type PlanarShape, planarShape } from '../geometry/planar-shape.ts'
import type { Point } from '../geometry/ring-edits.ts'
import type { RulePack } from '../rules/rule-pack.ts'
import type { Scene } from '../rules/scene.ts'
import { alternative } from './alternative.ts'
import { bestRuns, type Run } from './best-runs.ts'
import { judged } from './judged.ts'
import { laidBay } from './laid-bay.ts'
import type { Layout, LayoutWish } from './lay-out-sides.ts'
import { type Refusal, refusalsOn } from './refusals.ts'
import type { Reason } from './ruler.ts'
import { metresOf, shared, type Span, unite, without } from './spans.ts'
import { type Standing, standingsFor } from './standing.ts'
import { stationsOutside, type Strip } from './strip.ts'
import { placesOf, trimmed } from './trimmed.ts'

/** Rows back to back would overlap by the rounding of stored corners. */
const BACK_TO_BACK_M = 0.02
/** Rounded depths still hold the vehicles. */
const DEEPER_M = 0.005
/** Angles and offsets of rows that are tried; a yard of many corners has no more good ones. */
const MOST_ANGLES = 8
const MOST_OFFSETS = 64
/** How many of the arrangements that hold the most without rules are tried with them. */
const MOST_JUDGED = 12

/** Rows of a yard in one arrangement; `room` is where a row and its aisle lie inside. */
interface Arrangement {
  standing: Standing
  rows: { strip: Strip; room: readonly Span[] }[]
  places: number
}

/**
 * Fills a yard with rows, two to an aisle: along the directions of its edges, at the offsets that its corners suggest,
 * the arrangement that holds the most under the rules. Whether every aisle can be reached from the street is not
 * looked at.
 */
export function layOutArea(area: Polygon, wish: LayoutWish, scene: Scene, pack: RulePack): Layout {
  const shape = planarShape(scene.frame, area)
  const corners = area.coordinates.flat().map((p): Point => toMetres(scene.frame, p[0]!, p[1]!))
  const arrangements = standingsFor(wish, pack)
    .flatMap((standing) =>
      directionsOf(area, scene).flatMap((u) => arrangementsAlong(u, standing, shape, corners)),
    )
    .sort((a, b) => b.places - a.places)
    .slice(0, MOST_JUDGED)
  const filled = arrangements.map((arrangement) => fill(arrangement, scene, pack))
  const fullest = mostOf(filled, ({ open }) => open)
  const clearest = mostOf(filled, ({ clear }) => clear)
  if (!fullest || !clearest) return { alternatives: [NOTHING], ruler: [], reasons: [], missing: [] }
  const isEnough = wish.places_wanted !== null && placesOf(clearest.clear) >= wish.places_wanted
  const found = [
    { goal: 'most_places', runs: isEnough ? clearest.clear : fullest.open } as const,
    { goal: 'fewest_warnings', runs: clearest.clear } as const,
  ]
  const alternatives = found.map(({ goal, runs }) => {
    const kept = trimmed(runs, wish.places_wanted, ({ run }) => run.units)
    const bays = kept.map(({ strip, run, standing }, i) =>
      laidBay(scene.frame, `${goal}-${i + 1}`, strip, run, standing, null),
    )
    return alternative(goal, judged(bays, scene, pack).accepted, scene)
  })
  const [most, clear] = alternatives
  const isOther = clear!.places > 0 && clear!.warnings < most!.warnings
  return {
    alternatives: isOther ? alternatives : [most!],
    ruler: [],
    reasons: fullest.reasons,
    missing: [],
  }
}

const NOTHING = {
  goal: 'most_places' as const,
  places: 0,
  least_walking_width_m: null,
  warnings: 0,
  bays: [],
}

/** The directions of the longest edges, each once; rows stand along or square to them. */
function directionsOf(area: Polygon, scene: Scene): Point[] {
  const edges = area.coordinates.flatMap((ring) =>
    ring.slice(1).map((to, i) => {
      const [ax, ay] = toMetres(scene.frame, ring[i]![0]!, ring[i]![1]!)
      const [bx, by] = toMetres(scene.frame, to[0]!, to[1]!)
      return { length: Math.hypot(bx - ax, by - ay), angle: Math.atan2(by - ay, bx - ax) }
    }),
  )
  const angles: number[] = []
  for (const { angle } of edges.sort((a, b) => b.length - a.length))
    for (const turned of [angle, angle + Math.PI / 2]) {
      const isKnown = angles.some((known) => Math.abs(Math.sin(known - turned)) < SAME_DIRECTION)
      if (!isKnown && angles.length < MOST_ANGLES) angles.push(turned)
    }
  return angles.map((angle) => [Math.cos(angle), Math.sin(angle)])
}

const SAME_DIRECTION = Math.sin(Math.PI / 360)

/** Rows along `u`, aisles between them, at every offset that puts a row's or an aisle's edge at a corner. */
function arrangementsAlong(
  u: Point,
  standing: Standing,
  shape: PlanarShape,
  corners: readonly Point[],
): Arrangement[] {
  const n: Point = [-u[1], u[0]]
  const across = corners.map(([x, y]) => x * n[0] + y * n[1])
  const along = corners.map(([x, y]) => x * u[0] + y * u[1])
  const [low, high] = [Math.min(...across), Math.max(...across)]
  const [from, to] = [Math.min(...along), Math.max(...along)]
  const depth_m = standing.depth_m + DEEPER_M
  const { aisle_m } = standing
  const module_m = 2 * depth_m + aisle_m + BACK_TO_BACK_M
  const edges = [0, depth_m, depth_m + aisle_m, 2 * depth_m + aisle_m]
  const offsets = new Set<number>()
  for (const edge of edges)
    for (const corner of across)
      if (offsets.size < MOST_OFFSETS)
        offsets.add(Math.round(mod(corner - low - edge, module_m) * 1000) / 1000)
  return [...offsets].map((offset): Arrangement => {
    const rows: Arrangement['rows'] = []
    for (let at = low + offset - module_m; at < high; at += module_m)
      for (const isUpper of [false, true]) {
        // A row reaches inside by a hair less, so that one along the yard's edge counts as inside.
        const near_m = isUpper ? at + depth_m + aisle_m : at
        const origin: Point = [u[0] * from, u[1] * from]
        const strip = { origin, u, n, length_m: to - from, near_m, far_m: near_m + depth_m }
        const withAisle = {
          ...strip,
          near_m: near_m - (isUpper ? aisle_m : 0) + EDGE_M,
          far_m: near_m + depth_m + (isUpper ? 0 : aisle_m) - EDGE_M,
        }
        if (withAisle.near_m < low - EDGE_M || withAisle.far_m > high + EDGE_M) continue
        const room = without([0, strip.length_m], stationsOutside(withAisle, shape))
        if (room.length > 0) rows.push({ strip, room })
      }
    const places = rows.reduce(
      (sum, { room }) => sum + unitsIn(bestRuns(room, standing.limits)) * standing.bay.rows,
      0,
    )
    return { standing, rows, places }
  })
}

/** Corners that were drawn on a line need not lie on it to the millimetre. */
const EDGE_M = 0.01

interface RowRun {
  strip: Strip
  standing: Standing
  run: Run
}

/** The runs of an arrangement under the rules, and what the rules take of its rows. */
function fill({ rows, standing }: Arrangement, scene: Scene, pack: RulePack) {
  const open: RowRun[] = []
  const clear: RowRun[] = []
  const sums = new Map<string, Reason>()
  for (const { strip, room } of rows) {
    const refusals = refusalsOn(strip, scene, pack, standing)
    const free = (isCounted: (refusal: Refusal) => boolean): Span[] => {
      const taken = unite(refusals.filter(isCounted).map(({ span }) => span))
      return room.flatMap((span) => without(span, taken))
    }
    const add = (into: RowRun[], spans: Span[]) =>
      bestRuns(spans, standing.limits).forEach((run) => into.push({ strip, standing, run }))
    add(
      open,
      free(({ severity }) => severity === 'hard'),
    )
    add(
      clear,
      free(() => true),
    )
    for (const { rule_id, message_key, severity, span } of refusals) {
      const verdict = severity === 'hard' ? 'refused' : 'warning'
      const key = `${verdict} ${rule_id}`
      const sum = sums.get(key) ?? { verdict, rule_id, message_key, metres: 0 }
      sums.set(key, { ...sum, metres: sum.metres + metresOf(shared([span], room)) })
    }
  }
  const reasons = [...sums.values()]
    .map((reason) => ({ ...reason, metres: Math.round(reason.metres * 100) / 100 }))
    .filter(({ metres }) => metres > 0)
    .sort((a, b) => b.metres - a.metres)
  return { open, clear, reasons }
}

function mostOf<T>(all: readonly T[], runsOf: (one: T) => readonly RowRun[]): T | null {
  return all.reduce<T | null>(
    (best, one) => (best && placesOf(runsOf(best)) >= placesOf(runsOf(one)) ? best : one),
    null,
  )
}

const unitsIn = (runs: readonly Run[]): number => runs.reduce((sum, { units }) => sum + units, 0)
const mod = (value: number, by: number): number => ((value % by) + by) % by
