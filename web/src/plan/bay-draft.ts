import type { Geometry, Polygon } from 'geojson'
import {
  bayCapacity,
  bayDepth,
  type StandingBay,
  type VehicleClass,
} from '../../../api/domain/geometry/bay-capacity.ts'
import { type MetricFrame, toDegrees, toMetres } from '../../../api/domain/geometry/metric-frame.ts'
import { orientedExtent } from '../../../api/domain/geometry/oriented-extent.ts'
import { planarShape } from '../../../api/domain/geometry/planar-shape.ts'
import { isRectangle, rectangleSize } from '../../../api/domain/geometry/rectangle.ts'
import type { OpenRing, Point } from '../../../api/domain/geometry/ring-edits.ts'
import { areaOfRing } from '../../../api/domain/geometry/rings.ts'
import { unitSizeFor } from '../../../api/domain/layout/standing.ts'
import type { RulePack } from '../../../api/domain/rules/rule-pack.ts'
import type { InventoryFeature, PropertiesOf } from '../../../api/features/inventory/contract.ts'

export type BayProperties = PropertiesOf<'bays'>
export type BayStatus = NonNullable<BayProperties['status']>

/**
 * What is edited of a bay: its corners in metres of the community's frame, or, for shapes that are not drawn here
 * (points, lines, several parts, holes), the geometry as it came. Never changed in place: an edit makes a new one.
 */
export interface BayContent {
  shape: { kind: 'ring'; ring: OpenRing } | { kind: 'fixed'; geometry: Geometry }
  /** Capacity and status in force stand elsewhere: `ownCapacity` or what the size holds, and the open bay's status. */
  properties: BayProperties
  ownCapacity: number | null
}

export interface BayMeasure {
  length_m: number
  depth_m: number
  area_m2: number
  /** Null where the vehicle class is unknown or the shape is no area. */
  places: number | null
}

/** Stored positions have seven decimals, about a centimetre; what is judged is what will be stored. */
const DECIMALS = 1e7

/** A new bay's properties: sizes as the rules ask for, one row, across the kerb for bikes, along it for cars. */
export function newProperties(vehicle: VehicleClass, pack: RulePack | null): BayProperties {
  const layout = vehicle === 'car' ? 'parallel' : 'perpendicular'
  const size = unitSizeFor(vehicle, layout, pack)
  return {
    vehicle_classes: [vehicle],
    layout,
    rows: 1,
    unit_length_m: size.length_m,
    unit_width_m: size.width_m,
  }
}

/** Bikes stand on the footway, cars at the edge of the carriageway. */
export const standsOnFootway = (properties: BayProperties): boolean =>
  !properties.vehicle_classes.includes('car')

/** How deep the bay must be for its rows. */
export const depthFor = (properties: BayProperties): number => bayDepth(standing(properties))

/** A stored bay as it is edited. */
export function contentOf(frame: MetricFrame, feature: InventoryFeature<'bays'>): BayContent {
  const geometry = feature.geometry as Geometry
  const ring = ringOf(frame, geometry)
  // Members that the server keeps go along: it takes them back and leaves them aside.
  const { properties } = feature
  const shape = ring ? ({ kind: 'ring', ring } as const) : ({ kind: 'fixed', geometry } as const)
  const content = { shape, properties, ownCapacity: null }
  const { places } = measureBay(frame, content, null)
  const { capacity } = properties
  return capacity == null || capacity === places ? content : { ...content, ownCapacity: capacity }
}

/** The bay's size and how many vehicles it holds; length is measured along `direction` where that is known. */
export function measureBay(
  frame: MetricFrame,
  content: BayContent,
  direction: Point | null,
): BayMeasure {
  const { shape } = content
  const planar = planarShape(frame, geometryOf(frame, shape))
  const extent =
    shape.kind === 'ring' && isRectangle(shape.ring)
      ? rectangleSize(shape.ring, direction)
      : orientedExtent(planar, direction ?? undefined)
  const isArea = planar.pieces.length > 0
  return {
    ...extent,
    area_m2: planar.area_m2,
    places: isArea ? bayCapacity({ ...standing(content.properties), ...extent }) : null,
  }
}

/** The bay's geometry as it will be stored: seven decimals, closed, counter-clockwise. */
export function geometryOf(frame: MetricFrame, shape: BayContent['shape']): Geometry {
  return shape.kind === 'fixed' ? shape.geometry : polygonOf(frame, shape.ring)
}

/** A ring in metres as a polygon in degrees. */
export function polygonOf(frame: MetricFrame, ring: OpenRing): Polygon {
  const positions = ring.map(([x, y]) =>
    toDegrees(frame, x, y).map((degrees) => Math.round(degrees * DECIMALS) / DECIMALS),
  )
  const closed = [...positions, positions[0]!]
  return { type: 'Polygon', coordinates: [areaOfRing(closed) < 0 ? closed.reverse() : closed] }
}

function ringOf(frame: MetricFrame, geometry: Geometry): OpenRing | null {
  if (geometry.type !== 'Polygon' || geometry.coordinates.length !== 1) return null
  return geometry.coordinates[0]!.slice(0, -1).map((p) => toMetres(frame, p[0]!, p[1]!))
}

const standing = (properties: BayProperties): StandingBay => ({
  vehicle_class: properties.vehicle_classes[0] ?? 'bicycle',
  layout: properties.layout ?? null,
  rows: properties.rows ?? null,
  unit_length_m: properties.unit_length_m ?? null,
  unit_width_m: properties.unit_width_m ?? null,
})
