import type { Feature, FeatureCollection, LineString } from 'geojson'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'

/** Which way a street side lies from the middle of its street. */
type Compass = 'north' | 'south' | 'east' | 'west'

/** What the map and the list need of a street side beside its occupancy. */
export interface KerbSide {
  id: string
  segment_id: string
  compass: Compass
}

type SegmentItem = InventoryFeature<'street_segments'>

/**
 * The kerb lines of all sides (WGS 84) with the sides' ids, drawn the way of the street, so that the footway lies to the
 * left of a left side's line; sides without a line are left out.
 */
export function kerbLines(segments: readonly SegmentItem[]): FeatureCollection<LineString> {
  const features = segments.flatMap((segment) => {
    const along = directionOf(segment.geometry)
    return (segment.properties.sides ?? []).flatMap((side): Feature<LineString>[] => {
      if (!side.id || side.kerb_line?.type !== 'LineString') return []
      const coordinates = side.kerb_line.coordinates as number[][]
      const own = directionOf(side.kerb_line)
      const isAlong = own[0] * along[0] + own[1] * along[1] >= 0
      return [
        {
          type: 'Feature',
          properties: { id: side.id, side: side.side },
          geometry: {
            type: 'LineString',
            coordinates: isAlong ? coordinates : coordinates.toReversed(),
          },
        },
      ]
    })
  })
  return { type: 'FeatureCollection', features }
}

/** Every side by its id, with the point of the compass that people call it by. */
export function kerbSides(segments: readonly SegmentItem[]): Map<string, KerbSide> {
  const sides = new Map<string, KerbSide>()
  for (const segment of segments) {
    const along = directionOf(segment.geometry)
    for (const { id, side } of segment.properties.sides ?? [])
      if (id) sides.set(id, { id, segment_id: segment.id, compass: compassOf(along, side) })
  }
  return sides
}

/** East and north component from the first point of a line to its last, in degrees of equal length. */
function directionOf(line: SegmentItem['geometry']): [number, number] {
  const points = (
    line.type === 'MultiLineString' ? (line.coordinates as number[][][]).flat() : line.coordinates
  ) as number[][]
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return [1, 0]
  const shrink = Math.cos((first[1]! * Math.PI) / 180)
  return [(last[0]! - first[0]!) * shrink, last[1]! - first[1]!]
}

function compassOf([east, north]: [number, number], side: 'left' | 'right'): Compass {
  const [x, y] = side === 'left' ? [-north, east] : [north, -east]
  if (Math.abs(x) > Math.abs(y)) return x > 0 ? 'east' : 'west'
  return y > 0 ? 'north' : 'south'
}
