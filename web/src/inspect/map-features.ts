import type { Feature, FeatureCollection, Geometry } from 'geojson'
import { metricFrame, toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import type { FieldPackage } from '../../../api/features/patrols/contract.ts'
import type { Here } from './inspect-state.svelte.ts'
import type { FieldSide, OpenCase } from './nearby.ts'
import { sideKey } from '../parts/side-names.ts'
import type { TrackFix } from '../../../api/domain/geometry/track-matching.ts'

/** What the inspector's layers draw, as GeoJSON in WGS 84. Pure. */

export function gridFeatures(grids: FieldPackage['grids']): FeatureCollection {
  const own = grids.filter(({ is_mine }) => is_mine)
  return collection(own.map(({ id, geometry }) => feature(geometry as Geometry, { id })))
}

export function sideFeatures(
  sides: readonly FieldSide[],
  done: ReadonlySet<string>,
): FeatureCollection {
  return collection(
    sides.map((side) =>
      feature(
        { type: 'LineString', coordinates: side.line },
        { is_done: done.has(sideKey(side)), is_due: side.is_due_today },
      ),
    ),
  )
}

export function caseFeatures(cases: readonly OpenCase[]): FeatureCollection {
  return collection(
    cases.map(({ id, lon, lat }) => feature({ type: 'Point', coordinates: [lon, lat] }, { id })),
  )
}

export function trackFeatures(track: readonly TrackFix[]): FeatureCollection {
  const coordinates = track.map(({ lon, lat }) => [lon, lat])
  return collection(
    coordinates.length > 1 ? [feature({ type: 'LineString', coordinates }, {})] : [],
  )
}

/** The place and, where the phone says how sure it is, the circle around it. */
export function hereFeatures(here: Here | null): FeatureCollection {
  if (!here) return collection([])
  const { lon, lat, accuracy_m } = here
  const point = feature({ type: 'Point', coordinates: [lon, lat] }, {})
  return collection(accuracy_m === null ? [point] : [circle(lon, lat, accuracy_m), point])
}

function circle(lon: number, lat: number, radius_m: number): Feature {
  const frame = metricFrame(lon, lat)
  const ring = Array.from({ length: 49 }, (_, k) => {
    const turn = (k % 48) * (Math.PI / 24)
    return toDegrees(frame, radius_m * Math.cos(turn), radius_m * Math.sin(turn))
  })
  return feature({ type: 'Polygon', coordinates: [ring] }, {})
}

const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  geometry,
  properties,
})

const collection = (features: Feature[]): FeatureCollection => ({
  type: 'FeatureCollection',
  features,
})
