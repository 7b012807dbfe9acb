import type { Geometry, Position } from 'geojson'

/**
 * A geometry in web mercator, the whole world as 0…1, y down: `parts` are x,y pairs, one array a ring, line or
 * point list; rings are closed. `polygonStarts` tells which ring begins a polygon.
 */
export interface MercatorShape {
  kind: 'point' | 'line' | 'area'
  parts: readonly Float64Array[]
  polygonStarts: readonly boolean[]
  bounds: readonly [minx: number, miny: number, maxx: number, maxy: number]
}

export const mercatorX = (lon: number): number => lon / 360 + 0.5

export function mercatorY(lat: number): number {
  const sine = Math.sin((lat * Math.PI) / 180)
  return 0.5 - (0.25 * Math.log((1 + sine) / (1 - sine))) / Math.PI
}

/** Longitude of a mercator x. */
export const lonOf = (x: number): number => (x - 0.5) * 360

/** Latitude of a mercator y. */
export const latOf = (y: number): number =>
  (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI

/** Projects a checked WGS 84 geometry once, for all the tiles it will be in. */
export function mercatorShape(geometry: Geometry): MercatorShape {
  switch (geometry.type) {
    case 'Point':
      return shape('point', [flat([geometry.coordinates])], [])
    case 'MultiPoint':
      return shape('point', [flat(geometry.coordinates)], [])
    case 'LineString':
      return shape('line', [flat(geometry.coordinates)], [])
    case 'MultiLineString':
      return shape('line', geometry.coordinates.map(flat), [])
    case 'Polygon':
      return shape('area', geometry.coordinates.map(flat), starts([geometry.coordinates]))
    case 'MultiPolygon':
      return shape('area', geometry.coordinates.flat().map(flat), starts(geometry.coordinates))
    case 'GeometryCollection':
      throw new TypeError('a geometry collection has no single shape')
  }
}

const starts = (polygons: readonly Position[][][]): boolean[] =>
  polygons.flatMap((rings) => rings.map((_, r) => r === 0))

function flat(positions: readonly Position[]): Float64Array {
  const out = new Float64Array(positions.length * 2)
  for (const [i, p] of positions.entries()) {
    out[2 * i] = mercatorX(p[0]!)
    out[2 * i + 1] = mercatorY(p[1]!)
  }
  return out
}

function shape(
  kind: MercatorShape['kind'],
  parts: Float64Array[],
  polygonStarts: boolean[],
): MercatorShape {
  let [minx, miny, maxx, maxy] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const part of parts)
    for (let i = 0; i < part.length; i += 2) {
      const x = part[i]!
      const y = part[i + 1]!
      if (x < minx) minx = x
      if (x > maxx) maxx = x
      if (y < miny) miny = y
      if (y > maxy) maxy = y
    }
  return { kind, parts, polygonStarts, bounds: [minx, miny, maxx, maxy] }
}
