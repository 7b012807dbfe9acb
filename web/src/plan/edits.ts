import {
  type KerbPlacement,
  placementOf,
  pointAlong,
  rectangleAlongKerb,
} from '../../../api/domain/geometry/kerb-line.ts'
import {
  isRectangle,
  rectangleSize,
  setRectangleSize,
} from '../../../api/domain/geometry/rectangle.ts'
import { moveRing, type OpenRing, type Point } from '../../../api/domain/geometry/ring-edits.ts'
import { unitSizeFor } from '../../../api/domain/layout/standing.ts'
import type { RulePack } from '../../../api/domain/rules/rule-pack.ts'
import {
  type BayContent,
  type BayProperties,
  depthFor,
  newProperties,
  standsOnFootway,
} from './bay-draft.ts'
import { type Kerb, kerbOf } from './kerbs.ts'

/** Every edit of a bay: content and options in, new content out. Mouse, finger, keys and form use the same ones. */

/** Places that a bike bay should have at least, so a bay that is set by one click starts with them. */
const FIRST_PLACES = 10
const USUAL_OFFSET_M = 0.3

/** The bay with other corners; it belongs to the street side it stands at now. */
export function withRing(
  content: BayContent,
  ring: OpenRing,
  kerbs: readonly Kerb[],
  at: Kerb | null = kerbOf(kerbs, ring, {}),
): BayContent {
  return {
    ...content,
    shape: { kind: 'ring', ring },
    properties: {
      ...content.properties,
      segment_id: at?.segment_id ?? null,
      side: at?.side ?? null,
    },
  }
}

export const withProperties = (
  content: BayContent,
  change: Partial<BayProperties>,
): BayContent => ({
  ...content,
  properties: { ...content.properties, ...change },
})

/** The bay for other vehicles or laid out otherwise: units and depth follow, length and place stay. */
export function withStanding(
  content: BayContent,
  change: Pick<Partial<BayProperties>, 'vehicle_classes' | 'layout' | 'rows'>,
  pack: RulePack | null,
  kerb: Kerb | null,
): BayContent {
  const { properties: before } = content
  const [vehicle] = change.vehicle_classes ?? before.vehicle_classes
  const isCar = vehicle === 'car'
  const wasCar = before.vehicle_classes[0] === 'car'
  const layout =
    change.layout !== undefined
      ? change.layout
      : isCar === wasCar
        ? before.layout
        : newProperties(vehicle ?? 'bicycle', pack).layout
  const size = unitSizeFor(vehicle ?? 'bicycle', layout, pack)
  const properties = {
    ...before,
    ...change,
    layout: layout ?? null,
    unit_length_m: size.length_m,
    unit_width_m: size.width_m,
  }
  const next = { ...content, properties }
  const { shape } = content
  if (shape.kind === 'fixed' || !isRectangle(shape.ring)) return next
  return withDepth(next, shape.ring, depthFor(properties), kerb)
}

/** Where a new bay goes when a kerb is given and nothing else is known. */
export function firstPlacement(
  kerb: Kerb,
  properties: BayProperties,
  from_m: number,
): KerbPlacement & { length_m: number } {
  const depth_m = depthFor(properties)
  const isOnFootway = standsOnFootway(properties)
  const unit = properties.layout === 'parallel' ? properties.unit_length_m : properties.unit_width_m
  const length_m = (unit ?? 1) * (isOnFootway ? FIRST_PLACES : 1)
  return {
    from_m,
    to_m: Math.min(kerb.line.length_m, from_m + length_m),
    offset_m: isOnFootway ? offsetInStrip(kerb, depth_m) : 0,
    depth_m,
    side: isOnFootway ? kerb.side : otherSide(kerb.side),
    length_m,
  }
}

/** The bay laid along a kerb. */
export function alongKerb(content: BayContent, kerb: Kerb, placement: KerbPlacement): BayContent {
  return withRing(content, rectangleAlongKerb(kerb.line, placement), [kerb], kerb)
}

/** A rectangle's length or depth changed: along its kerb where it stands at one, else about its centre. */
export function withSize(
  content: BayContent,
  ring: OpenRing,
  size: { length_m: number; depth_m: number },
  direction: Point | null,
  kerbs: readonly Kerb[],
): BayContent {
  return withRing(content, setRectangleSize(ring, direction, size), kerbs)
}

/** The direction of the kerb beside a shape. */
export function directionAt(kerb: Kerb, ring: OpenRing): Point {
  const { from_m, to_m } = placementOf(kerb.line, ring)
  return pointAlong(kerb.line, (from_m + to_m) / 2).direction
}

/** A copy of a bay, set down a bay's length farther on; its name and history stay with the first. */
export function copied(
  content: BayContent,
  kerbs: readonly Kerb[],
  direction: Point | null,
): BayContent {
  const { shape, properties } = content
  const plain = { ...properties, name_zh: null, name_en: null, external_id: null }
  const copy = { ...content, properties: plain as BayProperties }
  if (shape.kind === 'fixed') return copy
  const [ux, uy] = direction ?? [1, 0]
  const along = rectangleSize(shape.ring, direction).length_m + 1
  return withRing(copy, moveRing(shape.ring, ux * along, uy * along), kerbs)
}

export const otherSide = (side: 'left' | 'right'): 'left' | 'right' =>
  side === 'left' ? 'right' : 'left'

function withDepth(
  content: BayContent,
  ring: OpenRing,
  depth_m: number,
  kerb: Kerb | null,
): BayContent {
  if (kerb) {
    const placement = placementOf(kerb.line, ring)
    const isOnFootway = standsOnFootway(content.properties)
    const side = isOnFootway ? kerb.side : otherSide(kerb.side)
    const offset_m = side === placement.side ? placement.offset_m : 0
    return alongKerb(content, kerb, { ...placement, side, offset_m, depth_m })
  }
  const { length_m } = rectangleSize(ring, null)
  return {
    ...content,
    shape: { kind: 'ring', ring: setRectangleSize(ring, null, { length_m, depth_m }) },
  }
}

/** Inside the furnishing strip where the bay fits into it, else a usual step away from the kerb. */
function offsetInStrip(kerb: Kerb, depth_m: number): number {
  const strip = kerb.furnishing_width_m
  if (strip === null || strip < depth_m) return USUAL_OFFSET_M
  return Math.min(USUAL_OFFSET_M, Math.round((strip - depth_m) * 100) / 100)
}
