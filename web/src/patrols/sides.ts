import type { Feature, FeatureCollection, LineString, Position } from 'geojson'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import type { Coverage } from '../../../api/features/patrols/contract.ts'
import { type Direction, directionOf, sideKey } from '../parts/side-names.ts'

/** Street sides as the page lists and draws them: the inventory's names and lines, the coverage's passes. Pure. */

export interface Side {
  key: string
  side: 'left' | 'right'
  name_zh: string | null
  name_en: string | null
  compass: Direction
  /** The kerb, or the street's middle where it has none; degrees, lon lat, drawn the way of the street. */
  line: Position[]
}

export interface SideRow extends Side {
  grid_id: string | null
  passes: number
  /** Epoch milliseconds of the last pass up to the end of the period; null for never. */
  last: number | null
}

type Segment = InventoryFeature<'street_segments'>

/** Both sides of every street, by their keys. */
export function sidesOf(segments: readonly Segment[]): Map<string, Side> {
  const sides = new Map<string, Side>()
  for (const { id, geometry, properties } of segments) {
    const centreline = (
      geometry.type === 'MultiLineString'
        ? (geometry.coordinates as Position[][])[0]
        : geometry.coordinates
    ) as Position[]
    for (const side of ['left', 'right'] as const) {
      const kerb = properties.sides?.find((one) => one.side === side)?.kerb_line
      const line =
        kerb?.type === 'LineString' ? along(kerb.coordinates as Position[], centreline) : centreline
      const key = sideKey({ segment_id: id, side })
      sides.set(key, {
        key,
        side,
        name_zh: properties.name_zh ?? null,
        name_en: properties.name_en ?? null,
        compass: directionOf({ side, centreline }),
        line,
      })
    }
  }
  return sides
}

/** The sides that the coverage tells of and the inventory knows. */
export function sideRows(sides: ReadonlyMap<string, Side>, coverage: Coverage): SideRow[] {
  return coverage.sides.flatMap((covered) => {
    const side = sides.get(sideKey(covered))
    if (!side) return []
    const { grid_id, passes, last_ever_at } = covered
    const last = last_ever_at === null ? null : Date.parse(last_ever_at)
    return [{ ...side, grid_id, passes, last }]
  })
}

/** The most neglected first: never walked, then longest ago; streets that are equal in this keep together. */
export const byNeglect = (a: SideRow, b: SideRow): number =>
  (a.last ?? -Infinity) - (b.last ?? -Infinity) || (a.key < b.key ? -1 : 1)

/** Lines to draw, each with `key`, `colour`, and whether it is dashed. Degrees, lon lat. */
export function sideFeatures(
  rows: readonly Side[],
  look: (side: Side) => { colour: string; is_dashed: boolean },
): FeatureCollection<LineString> {
  return {
    type: 'FeatureCollection',
    features: rows.map((side): Feature<LineString> => ({
      type: 'Feature',
      geometry: { type: 'LineString', coordinates: side.line },
      properties: { key: side.key, side: side.side, ...look(side) },
    })),
  }
}

function along(line: Position[], street: readonly Position[]): Position[] {
  const [a, b, c, d] = [line[0]!, line.at(-1)!, street[0]!, street.at(-1)!]
  // Degrees of longitude are shorter than those of latitude; which way a kerb runs does not depend on it.
  const isAlong = (b[0]! - a[0]!) * (d[0]! - c[0]!) + (b[1]! - a[1]!) * (d[1]! - c[1]!) >= 0
  return isAlong ? line : line.toReversed()
}
