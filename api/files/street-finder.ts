import type { Geometry, Position } from 'geojson'
import { metricFrame, toMetres } from '../domain/geometry/metric-frame.ts'
import { type LineFinder, lineFinder } from '../domain/geometry/nearest-line.ts'

/** A live street: lines in WGS 84, its names in any language. */
export interface NamedStreet {
  id: string
  names: readonly string[]
  geometry: Geometry
}

/** Kerb lines and bays lie along their street; further off it is another street of the same name. */
const FURTHEST_M = 60

/**
 * Prepares "which street of this name passes nearest to the middle of a geometry, and on which side of it does it lie?";
 * null where none of the name passes within 60 m.
 */
export function streetFinder(streets: readonly NamedStreet[]) {
  const byName = new Map<string, NamedStreet[]>()
  for (const street of streets)
    for (const name of street.names) byName.set(name, [...(byName.get(name) ?? []), street])
  const first = streets[0] && positionsOf(streets[0].geometry)[0]
  const frame = metricFrame(first?.[0] ?? 0, first?.[1] ?? 0)
  const flat = (line: readonly Position[]) =>
    Float64Array.from(line.flatMap(([lon, lat]) => toMetres(frame, lon!, lat!)))
  const finders = new Map<string, LineFinder>()
  return (name: string, geometry: Geometry): { id: string; side: 'left' | 'right' } | null => {
    const named = byName.get(name)
    const middle = named && middleOf(geometry)
    if (!middle) return null
    let finder = finders.get(name)
    if (!finder) {
      const lines = named.map((street) => ({ parts: linesOf(street.geometry).map(flat) }))
      finders.set(name, (finder = lineFinder(lines, FURTHEST_M)))
    }
    const near = finder.nearest(...toMetres(frame, middle[0], middle[1]))
    return near && { id: named[near.line]!.id, side: near.side }
  }
}

/** Halfway along the first line or ring, or the point itself; null where the geometry has no numbers. */
function middleOf(geometry: unknown): [number, number] | null {
  const positions = positionsOf(geometry)
  if (positions.length === 0) return null
  const lengths = positions
    .slice(1)
    .map((p, i) => Math.hypot(p[0] - positions[i]![0], p[1] - positions[i]![1]))
  let left = lengths.reduce((sum, length) => sum + length, 0) / 2
  for (const [i, length] of lengths.entries()) {
    const [a, b] = [positions[i]!, positions[i + 1]!]
    if (left <= length && length > 0)
      return [a[0] + ((b[0] - a[0]) * left) / length, a[1] + ((b[1] - a[1]) * left) / length]
    left -= length
  }
  return positions[0]!
}

/** The positions of the first part; the geometry may not have passed its door yet. */
function positionsOf(geometry: unknown): [number, number][] {
  let list: unknown = (geometry as { coordinates?: unknown } | null)?.coordinates
  while (Array.isArray(list) && Array.isArray((list as unknown[][])[0]?.[0]))
    list = (list as unknown[])[0]
  const positions = Array.isArray(list) && typeof list[0] === 'number' ? [list] : list
  if (!Array.isArray(positions)) return []
  return (positions as unknown[]).filter(
    (p): p is [number, number] =>
      Array.isArray(p) && Number.isFinite(p[0]) && Number.isFinite(p[1]),
  )
}

function linesOf(geometry: Geometry): Position[][] {
  if (geometry.type === 'LineString') return [geometry.coordinates]
  return geometry.type === 'MultiLineString' ? geometry.coordinates : []
}
