import { readFileSync } from 'node:fs'
import type { Geometry, LineString, Polygon, Position } from 'geojson'
import { metricFrame, toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import type { LayoutWish } from '../../../api/domain/layout/lay-out-sides.ts'
import type { RulePack } from '../../../api/domain/rules/rule-pack.ts'
import { buildScene, type Scene, type SceneFeature } from '../../../api/domain/rules/scene.ts'

/** A street of the tests, in metres east and north of a place in Lhasa. */
export const frame = metricFrame(91.145, 29.653)
export const pack = JSON.parse(
  readFileSync(new URL('../../../geodata/rule-packs/cn-default.json', import.meta.url), 'utf8'),
) as RulePack

const at = ([x, y]: readonly number[]): Position => toDegrees(frame, x!, y!)
export const line = (...points: readonly (readonly [number, number])[]): LineString => ({
  type: 'LineString',
  coordinates: points.map(at),
})
export const area = (...points: readonly (readonly [number, number])[]): Polygon => ({
  type: 'Polygon',
  coordinates: [[...points, points[0]!].map(at)],
})
export const box = (x: number, y: number, w: number, h: number): Polygon =>
  area([x, y], [x + w, y], [x + w, y + h], [x, y + h])

let made = 0
export const feature = (
  collection: string,
  geometry: Geometry,
  properties: Record<string, unknown> = {},
): SceneFeature => ({ collection, id: `${collection}-${++made}`, geometry, properties })
export const object = (kind: string, geometry: Geometry): SceneFeature =>
  feature('curb_objects', geometry, { kind })
export const point = (x: number, y: number): Geometry => ({
  type: 'Point',
  coordinates: at([x, y]),
})

/** A street drawn eastwards whose left kerb is the given line; its footway lies to the north of it. */
export const street = (
  kerb: Geometry | null,
  side: Record<string, unknown> = {},
  segment: Record<string, unknown> = {},
): SceneFeature => ({
  collection: 'street_segments',
  id: 'street',
  // The rules look for the side from the centreline; a kerb stands in for it here.
  geometry: kerb ?? line([0, -4], [100, -4]),
  properties: {
    class: 'residential',
    carriageway_width_m: 8,
    ...segment,
    sides: [
      {
        side: 'left',
        footway_width_m: 5,
        furnishing_width_m: 0.5,
        slope_percent: 1,
        kerb_line: kerb,
        ...side,
      },
    ],
  },
})

export const LEFT = { segment_id: 'street', side: 'left' } as const

export const scene = (...features: SceneFeature[]): Scene =>
  buildScene(frame, box(-1000, -1000, 2000, 2000), features)

export const wish = (more: Partial<LayoutWish> = {}): LayoutWish => ({
  vehicle_class: 'bicycle',
  layout: 'perpendicular',
  rows: 1,
  places_wanted: null,
  unit_length_m: null,
  unit_width_m: null,
  longest_run_m: 1000,
  gap_m: 0,
  demand: null,
  ...more,
})
