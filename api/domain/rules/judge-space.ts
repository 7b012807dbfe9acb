import type { Geometry, MultiPolygon, Polygon, Position } from 'geojson'
import polygonClipping, { type Geom } from 'polygon-clipping'
import { type Clearance, clearance, holdsPoint } from '../geometry/clearance.ts'
import { type MetricFrame, toDegrees } from '../geometry/metric-frame.ts'
import { clipConvex, doBoundsMeet, overlapArea } from '../geometry/overlap.ts'
import type { HolidayCalendar, Times } from '../schedule/around-holidays.ts'
import type { Finding } from './finding.ts'
import { assemble, makeFinding, partyOf, whenOf } from './make-finding.ts'
import { ownTimes, sharedTimes } from './meeting.ts'
import type { Rule, RuleLevel } from './rule-pack.ts'
import type { PlacedFeature, Scene } from './scene.ts'

/** Smaller overlaps are the width of the paint line and of rounding to 7 decimals, not a conflict. */
export const OVERLAP_TOLERANCE_M2 = 0.05
/** Coordinates go over the wire with 7 decimals, about a centimetre: a shape set exactly at a limit keeps to it. */
const DISTANCE_TOLERANCE_M = 0.01

/** How far a rule between two uses reaches, in metres; null for a rule that looks at no other. */
export function reachOf(rule: Rule): number | null {
  if (!rule.other) return null
  if (rule.kind === 'no_overlap') return 0
  return rule.kind === 'clearance' ? Math.max(0, ...rule.levels.map((l) => l.required)) : null
}

/** Two uses as several rules ask about them: each figure is found once, when it is first asked for. */
export class Pair {
  readonly subject: PlacedFeature
  readonly other: PlacedFeature
  readonly #calendar: HolidayCalendar
  #times: Times | null | undefined
  #area: number | undefined
  #gap: Clearance | undefined
  #when: Finding['when'] | undefined
  #parties: { subject: Finding['subject']; other: Finding['other'] } | undefined

  constructor(subject: PlacedFeature, other: PlacedFeature, scene: Scene) {
    this.subject = subject
    this.other = other
    this.#calendar = scene.holidays ?? 'cn'
  }

  times(): Times | null {
    if (this.#times === undefined)
      this.#times = sharedTimes(this.subject, this.other, this.#calendar)
    return this.#times
  }

  /** @throws where the two are never there together. */
  finding(rule: Rule, level: RuleLevel, measured: number | null, where: Geometry): Finding {
    const { subject, other } = (this.#parties ??= {
      subject: partyOf(this.subject),
      other: {
        ...partyOf(this.other),
        kind: (this.other.properties['kind'] as string | undefined) ?? null,
      },
    })
    return assemble(
      rule,
      level,
      subject,
      other,
      measured,
      where,
      (this.#when ??= whenOf(this.times()!)),
    )
  }

  area_m2(): number {
    return (this.#area ??= overlapArea(this.subject.shape, this.other.shape))
  }

  gap(): Clearance {
    return (this.#gap ??= clearance(this.subject.shape, this.other.shape))
  }
}

/** Judges a rule that compares two shapes: no overlap, kept clear of. Null where it is kept. */
export function judgePair(rule: Rule, reach_m: number, pair: Pair, scene: Scene): Finding | null {
  if (!doBoundsMeet(pair.subject.shape, pair.other.shape, reach_m)) return null
  return rule.kind === 'no_overlap'
    ? judgeOverlap(rule, pair, scene.frame)
    : judgeClearance(rule, pair, scene.frame)
}

/** Judges whether a use lies inside the community. Null where it does, or where the boundary is unknown. */
export function judgeInside(rule: Rule, subject: PlacedFeature, scene: Scene): Finding | null {
  const boundary = scene.boundary
  const level = rule.levels[0]
  if (!boundary || !level) return null
  const times = ownTimes(subject, scene)
  const { shape } = subject
  if (shape.pieces.length === 0) {
    for (let i = 0; i < shape.edges.length; i += 2)
      if (!holdsPoint(boundary.shape, shape.edges[i]!, shape.edges[i + 1]!))
        return makeFinding(rule, level, subject, null, subject.geometry, times)
    return null
  }
  const outside = shape.area_m2 - overlapArea(shape, boundary.shape)
  if (outside <= level.required + OVERLAP_TOLERANCE_M2) return null
  const where = areaOf(
    polygonClipping.difference(ringsOf(subject.geometry), ringsOf(boundary.geometry)),
  )
  return makeFinding(rule, level, subject, outside, where ?? subject.geometry, times)
}

function judgeOverlap(rule: Rule, pair: Pair, frame: MetricFrame): Finding | null {
  const level = rule.levels[0]
  const { subject, other } = pair
  const isArea = subject.shape.pieces.length > 0
  if (!level || (!isArea && other.shape.pieces.length === 0)) return null
  if (!isArea || other.shape.pieces.length === 0) {
    // A line or point has no area to share: lying in the shape is enough.
    if (pair.gap().distance_m > 0 || !pair.times()) return null
    return pair.finding(rule, level, null, (isArea ? other : subject).geometry)
  }
  const area = pair.area_m2()
  if (area <= level.required + OVERLAP_TOLERANCE_M2) return null
  return pair.times() && pair.finding(rule, level, area, sharedArea(pair, frame))
}

function judgeClearance(rule: Rule, pair: Pair, frame: MetricFrame): Finding | null {
  const gap = pair.gap()
  const level = rule.levels.find((l) => failsClearance(l, gap.distance_m))
  if (!level || !pair.times()) return null
  const to = toDegrees(frame, gap.to[0], gap.to[1])
  const where: Geometry =
    gap.distance_m === 0
      ? { type: 'Point', coordinates: to }
      : {
          type: 'LineString',
          coordinates: [toDegrees(frame, gap.from[0], gap.from[1]), to],
        }
  return pair.finding(rule, level, gap.distance_m, where)
}

const failsClearance = (level: RuleLevel, distance: number): boolean =>
  distance < level.required - DISTANCE_TOLERANCE_M

/** The shared area in WGS 84 degrees; two convex shapes are clipped here. */
function sharedArea({ subject, other }: Pair, frame: MetricFrame): Geometry {
  const [a, b] = [subject.shape.pieces, other.shape.pieces]
  if (a.length === 1 && b.length === 1) {
    const ring = clipConvex(a[0]!, b[0]!)
    const positions: Position[] = []
    for (let i = 0; i < ring.length; i += 2)
      positions.push(toDegrees(frame, ring[i]!, ring[i + 1]!))
    positions.push(positions[0]!)
    return { type: 'Polygon', coordinates: [positions] }
  }
  // Turf's own intersect counts in big decimals: ten times slower, for digits that no tape measure shows.
  return (
    areaOf(polygonClipping.intersection(ringsOf(subject.geometry), ringsOf(other.geometry))) ??
    subject.geometry
  )
}

function areaOf(polygons: Position[][][]): Geometry | null {
  const [only] = polygons
  if (!only) return null
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: polygons }
}

const ringsOf = (geometry: Geometry): Geom =>
  (geometry as Polygon | MultiPolygon).coordinates as Geom
