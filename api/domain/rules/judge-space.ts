import { difference, featureCollection, multiPolygon, polygon } from '@turf/turf'
import type { Feature, Geometry, MultiPolygon, Polygon } from 'geojson'
import polygonClipping, { type Geom } from 'polygon-clipping'
import { clearance, holdsPoint } from '../geometry/clearance.ts'
import { type MetricFrame, toDegrees } from '../geometry/metric-frame.ts'
import { clipConvex, overlapArea } from '../geometry/overlap.ts'
import { type Interval, sharedIntervals } from '../schedule/windows.ts'
import type { Finding } from './finding.ts'
import { makeFinding } from './make-finding.ts'
import type { Rule, RuleLevel } from './rule-pack.ts'
import { near, type PlacedFeature, type Scene } from './scene.ts'

/** Smaller overlaps are the width of the paint line and of rounding to 7 decimals, not a conflict. */
export const OVERLAP_TOLERANCE_M2 = 0.05
/** Coordinates go over the wire with 7 decimals, about a centimetre: a shape set exactly at a limit keeps to it. */
const DISTANCE_TOLERANCE_M = 0.01

/** Judges the rules that compare a shape with other shapes: inside the community, no overlap, kept clear of. */
export function judgeSpace(rule: Rule, subject: PlacedFeature, scene: Scene): Finding[] {
  switch (rule.kind) {
    case 'inside_community':
      return judgeInside(rule, subject, scene)
    case 'no_overlap':
      return othersOf(rule, subject, scene, 0).flatMap((other) =>
        judgeOverlap(rule, subject, other, scene.frame),
      )
    case 'clearance': {
      const reach = Math.max(...rule.levels.map((level) => level.required))
      return othersOf(rule, subject, scene, reach).flatMap((other) =>
        judgeClearance(rule, subject, other, scene.frame),
      )
    }
    default:
      return []
  }
}

function judgeInside(rule: Rule, subject: PlacedFeature, scene: Scene): Finding[] {
  const boundary = scene.boundary
  const level = rule.levels[0]
  if (!boundary || !level) return []
  const { shape } = subject
  if (shape.pieces.length === 0) {
    for (let i = 0; i < shape.edges.length; i += 2)
      if (!holdsPoint(boundary.shape, shape.edges[i]!, shape.edges[i + 1]!))
        return [makeFinding(rule, level, subject, null, null, subject.geometry, subject.open)]
    return []
  }
  const outside = shape.area_m2 - overlapArea(shape, boundary.shape)
  if (outside <= level.required + OVERLAP_TOLERANCE_M2) return []
  const where = difference(
    featureCollection([asArea(subject.geometry), asArea(boundary.geometry)]),
  )?.geometry
  return [makeFinding(rule, level, subject, null, outside, where ?? subject.geometry, subject.open)]
}

function judgeOverlap(
  rule: Rule,
  subject: PlacedFeature,
  other: PlacedFeature,
  frame: MetricFrame,
): Finding[] {
  const level = rule.levels[0]
  if (!level || subject.shape.pieces.length === 0) return []
  const when = sharedIntervals(subject.open, other.open)
  if (when.length === 0) return []
  if (other.shape.pieces.length === 0) {
    // A line or point has no area to share: lying in the shape is enough.
    if (clearance(subject.shape, other.shape).distance_m > 0) return []
    return [makeFinding(rule, level, subject, other, null, other.geometry, when)]
  }
  const area = overlapArea(subject.shape, other.shape)
  if (area <= level.required + OVERLAP_TOLERANCE_M2) return []
  return [makeFinding(rule, level, subject, other, area, sharedArea(subject, other, frame), when)]
}

function judgeClearance(
  rule: Rule,
  subject: PlacedFeature,
  other: PlacedFeature,
  frame: MetricFrame,
): Finding[] {
  const when: Interval[] = sharedIntervals(subject.open, other.open)
  if (when.length === 0) return []
  const gap = clearance(subject.shape, other.shape)
  const level = rule.levels.find((l) => failsClearance(l, gap.distance_m))
  if (!level) return []
  const from = toDegrees(frame, ...gap.from)
  const to = toDegrees(frame, ...gap.to)
  const where: Geometry =
    gap.distance_m === 0
      ? { type: 'Point', coordinates: to }
      : { type: 'LineString', coordinates: [from, to] }
  return [makeFinding(rule, level, subject, other, gap.distance_m, where, when)]
}

const failsClearance = (level: RuleLevel, distance: number): boolean =>
  distance < level.required - DISTANCE_TOLERANCE_M

function othersOf(
  rule: Rule,
  subject: PlacedFeature,
  scene: Scene,
  margin_m: number,
): PlacedFeature[] {
  if (!rule.other) return []
  const { collection, kinds } = rule.other
  return near(scene, collection, subject.shape, margin_m).filter(
    (other) =>
      !(other.collection === subject.collection && other.id === subject.id) &&
      (!kinds || kinds.includes((other.properties['kind'] as string | undefined) ?? '')) &&
      isComparable(subject, other),
  )
}

const DRAFTS = new Set(['draft', 'proposed'])
const OVER = new Set(['retired', 'ended', 'suspended'])
const statusOf = (feature: PlacedFeature): string =>
  (feature.properties['status'] as string | undefined) ?? ''

/** What is over counts for nobody; a draft counts only for other drafts; zones count while their dates meet. */
function isComparable(subject: PlacedFeature, other: PlacedFeature): boolean {
  if (OVER.has(statusOf(other))) return false
  if (DRAFTS.has(statusOf(other)) && !DRAFTS.has(statusOf(subject))) return false
  const date = (feature: PlacedFeature, member: string) =>
    feature.properties[member] as string | null | undefined
  const firsts = [date(subject, 'first_date'), date(other, 'first_date')]
  const lasts = [date(subject, 'last_date'), date(other, 'last_date')]
  return !firsts.some((first) => first && lasts.some((last) => last && last < first))
}

/** The shared area in WGS 84 degrees; two convex shapes are clipped here. */
function sharedArea(subject: PlacedFeature, other: PlacedFeature, frame: MetricFrame): Geometry {
  const [a, b] = [subject.shape.pieces, other.shape.pieces]
  if (a.length === 1 && b.length === 1) {
    const ring = clipConvex(a[0]!, b[0]!)
    const positions: [number, number][] = []
    for (let i = 0; i < ring.length; i += 2)
      positions.push(toDegrees(frame, ring[i]!, ring[i + 1]!))
    return { type: 'Polygon', coordinates: [[...positions, positions[0]!]] }
  }
  // Turf's own intersect counts in big decimals: ten times slower, for digits that no tape measure shows.
  const shared = polygonClipping.intersection(ringsOf(subject.geometry), ringsOf(other.geometry))
  const [only] = shared
  if (!only) return subject.geometry
  return shared.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: shared }
}

const ringsOf = (geometry: Geometry): Geom =>
  (geometry as Polygon | MultiPolygon).coordinates as Geom

const asArea = (geometry: Geometry): Feature<Polygon | MultiPolygon> =>
  geometry.type === 'MultiPolygon'
    ? multiPolygon(geometry.coordinates)
    : polygon((geometry as Polygon).coordinates)
