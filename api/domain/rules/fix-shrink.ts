import type { Polygon } from 'geojson'
import { bayCapacity, type BayLayout, type VehicleClass } from '../geometry/bay-capacity.ts'
import { toDegrees } from '../geometry/metric-frame.ts'
import { orientedExtent } from '../geometry/oriented-extent.ts'
import type { PlanarShape } from '../geometry/planar-shape.ts'
import type { ShrinkFix } from './finding.ts'
import { leastThat } from './fix-search.ts'
import { reshaped, type Trial } from './fix-trial.ts'
import type { PlacedFeature } from './scene.ts'
import { standingPlace } from './street-side.ts'

/** More than this share of it is not cut off: what is left would be another use. */
const MOST_CUT = 0.7
const LEAST_LEFT_M = 1

type Vector = readonly [x: number, y: number]
/** What is left after a cut of `amount` metres, and what it holds. */
interface Left {
  feature: PlacedFeature
  places: number | null
}
type Cut = { amount: number; found: Left }

/**
 * The least cut that mends a finding, from either end of the longer side; where walking width is short, from either
 * side across the kerb. Only convex areas are cut. Null where no cut up to 70 % does.
 */
export function shrunk(trial: Trial): ShrinkFix | null {
  const { subject, scene, rule } = trial
  const [piece] = subject.shape.pieces
  if (!piece || subject.shape.pieces.length > 1) return null
  const isDepth = rule.kind === 'clear_walking_width'
  const kerb = standingPlace(scene, subject.shape, subject.properties)?.along
  if (isDepth && !kerb) return null
  const axis: Vector = isDepth ? [-kerb![1], kerb![0]] : longAxis(subject.shape)
  const [low, high] = extentAlong(piece, axis)
  const size = high - low
  const most = Math.min(size * MOST_CUT, size - LEAST_LEFT_M)
  if (most <= 0) return null
  let best: ShrinkFix | null = null
  for (const end of ['low', 'high'] as const) {
    const limit: number = best ? Math.min(most, best.from_m - best.to_m) : most
    const found: Cut | null = leastThat(limit, (cut) => {
      const ring =
        end === 'low' ? clipped(piece, axis, low + cut, 1) : clipped(piece, axis, high - cut, -1)
      const changed = ring && cutTo(trial, ring)
      return changed && trial.isGood(changed.feature) ? changed : null
    })
    if (!found || (best && size - found.amount <= best.to_m)) continue
    best = {
      kind: 'shrink',
      side: isDepth ? 'depth' : 'length',
      from_m: Math.round(size * 100) / 100,
      to_m: Math.round((size - found.amount) * 100) / 100,
      geometry: found.found.feature.geometry,
      places: found.found.places,
    }
  }
  return best
}

function cutTo(trial: Trial, ring: readonly Vector[]): Left | null {
  const { subject, scene } = trial
  const positions = ring.map(([x, y]) =>
    toDegrees(scene.frame, x, y).map((degrees) => Math.round(degrees * 1e7) / 1e7),
  )
  const geometry: Polygon = { type: 'Polygon', coordinates: [[...positions, positions[0]!]] }
  const bare = reshaped(scene, subject, geometry)
  const places = placesLeft(trial, bare)
  if (places === 0) return null
  if (places === null) return { feature: bare, places }
  const member = subject.collection === 'bays' ? 'capacity' : 'stalls'
  return { feature: { ...bare, properties: { ...bare.properties, [member]: places } }, places }
}

/** What a bay holds afterwards by its own units, a zone in proportion; null where it was not known before. */
function placesLeft({ subject, scene }: Trial, changed: PlacedFeature): number | null {
  const number = (member: string) =>
    (subject.properties[member] as number | null | undefined) ?? null
  const before = number(subject.collection === 'bays' ? 'capacity' : 'stalls')
  if (before === null) return null
  const share = Math.floor((before * changed.shape.area_m2) / subject.shape.area_m2 + 1e-6)
  const [vehicle] = (subject.properties['vehicle_classes'] ?? []) as VehicleClass[]
  if (!vehicle) return share
  const holds = ({ shape, properties }: PlacedFeature) =>
    bayCapacity({
      vehicle_class: vehicle,
      layout: (properties['layout'] as BayLayout | null | undefined) ?? null,
      rows: number('rows'),
      unit_length_m: number('unit_length_m'),
      unit_width_m: number('unit_width_m'),
      ...orientedExtent(shape, standingPlace(scene, shape, properties)?.along),
    })
  const after = holds(changed)
  return after !== null && holds(subject) === before ? Math.min(before, after) : share
}

/** A unit vector along the longer side of the box that is turned with the shape's longest edge. */
function longAxis(shape: PlanarShape): Vector {
  const { edges } = shape
  let [x, y, longest] = [1, 0, 0]
  for (let i = 0; i < edges.length; i += 4) {
    const [dx, dy] = [edges[i + 2]! - edges[i]!, edges[i + 3]! - edges[i + 1]!]
    const length = Math.hypot(dx, dy)
    if (length > longest) [x, y, longest] = [dx / length, dy / length, length]
  }
  const [low, high] = extentAlong(edges, [x, y])
  const [left, right] = extentAlong(edges, [-y, x])
  return high - low >= right - left ? [x, y] : [-y, x]
}

function extentAlong(points: Float64Array, [x, y]: Vector): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < points.length; i += 2) {
    const at = points[i]! * x + points[i + 1]! * y
    low = Math.min(low, at)
    high = Math.max(high, at)
  }
  return [low, high]
}

/** The part of a convex ring beyond `limit` along an axis (`sense` 1), or before it (−1); null where nothing is left. */
function clipped(
  piece: Float64Array,
  [x, y]: Vector,
  limit: number,
  sense: 1 | -1,
): Vector[] | null {
  const ring: Vector[] = []
  for (let i = 0; i < piece.length; i += 2) {
    const j = (i + 2) % piece.length
    const a: Vector = [piece[i]!, piece[i + 1]!]
    const b: Vector = [piece[j]!, piece[j + 1]!]
    const da = sense * (a[0] * x + a[1] * y - limit)
    const db = sense * (b[0] * x + b[1] * y - limit)
    if (da >= 0) ring.push(a)
    if (da >= 0 !== db >= 0) {
      const share = da / (da - db)
      ring.push([a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])])
    }
  }
  return ring.length >= 3 ? ring : null
}
