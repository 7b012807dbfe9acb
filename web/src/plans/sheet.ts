import type { Geometry, Position } from 'geojson'
import { kerbLine, type KerbLine, placeOnKerb } from '../../../api/domain/geometry/kerb-line.ts'
import { type MetricFrame, toMetres } from '../../../api/domain/geometry/metric-frame.ts'

/** What is drawn on a sheet: a line or area of the surroundings, or a bay of the plan with its number. */
export interface SheetShape {
  kind: 'building' | 'kerb' | 'bay' | 'planned' | 'retired'
  geometry: Geometry
  number?: number
}

/** One sheet of paper: the metres it shows, west and south edges first. */
export interface Sheet {
  minx: number
  miny: number
  numbers: readonly number[]
}

/** The drawing's field on A4 laid wide, in millimetres. */
export const FIELD_MM = { width: 277, height: 140 } as const

/** So much ground is kept around a bay, in metres: a drawing must show where it lies. */
const MARGIN_M = 4

type Rings = readonly (readonly (readonly [number, number])[])[]

/** The lines of a geometry in metres of the frame; points have none. */
export function linesOf(frame: MetricFrame, geometry: Geometry): Rings {
  const metres = (line: readonly Position[]) => line.map((p) => toMetres(frame, p[0]!, p[1]!))
  switch (geometry.type) {
    case 'LineString':
      return [metres(geometry.coordinates)]
    case 'MultiLineString':
    case 'Polygon':
      return geometry.coordinates.map(metres)
    case 'MultiPolygon':
      return geometry.coordinates.flat().map(metres)
    default:
      return []
  }
}

/**
 * Cuts the plan into sheets at a scale of 1 : `scale`, from west to east: each begins with the first bay not shown yet
 * and takes along every other that lies wholly on it. A bay larger than a sheet is shown from its middle.
 */
export function sheetsFor(
  bays: readonly { number: number; rings: Rings }[],
  scale: number,
): Sheet[] {
  const [width, height] = [FIELD_MM.width, FIELD_MM.height].map((mm) => (mm * scale) / 1000) as [
    number,
    number,
  ]
  const boxes = bays
    .map(({ number, rings }) => ({ number, box: boxOfRings(rings) }))
    .sort((a, b) => a.box[0] - b.box[0] || a.number - b.number)
  const sheets: Sheet[] = []
  let left = boxes
  while (left.length > 0) {
    let box = left[0]!.box
    const taken = new Set([left[0]!.number])
    for (const other of left.slice(1)) {
      const joined = joinedBox(box, other.box)
      if (joined[2] - joined[0] > width || joined[3] - joined[1] > height) continue
      box = joined
      taken.add(other.number)
    }
    sheets.push({
      minx: (box[0] + box[2]) / 2 - width / 2,
      miny: (box[1] + box[3]) / 2 - height / 2,
      numbers: [...taken].sort((a, b) => a - b),
    })
    left = left.filter(({ number }) => !taken.has(number))
  }
  return sheets
}

/** A shape's lines as an SVG path in millimetres of the sheet, y downwards; closed where it is an area. */
export function pathOf(rings: Rings, sheet: Sheet, scale: number, isClosed: boolean): string {
  const place = placer(sheet, scale)
  return rings
    .map((ring) => {
      const points = ring.map((point) => place(point).join(' '))
      return `M${points.join('L')}${isClosed ? 'Z' : ''}`
    })
    .join('')
}

/** Where a point in metres lies on the sheet, in millimetres to two decimals. */
export function placer(sheet: Sheet, scale: number) {
  const mm = (metres: number) => Math.round((metres * 100_000) / scale) / 100
  return ([x, y]: readonly [number, number]): [number, number] => [
    mm(x - sheet.minx),
    Math.round((FIELD_MM.height - mm(y - sheet.miny)) * 100) / 100,
  ]
}

/** The lengths of a rectangle's two sides, or of every side of another ring, with the middle of each, in metres. */
export function sidesOf(
  ring: readonly (readonly [number, number])[],
): { middle: [number, number]; length_m: number; angle: number }[] {
  const sides = ring.slice(0, -1).map(([ax, ay], i) => {
    const [bx, by] = ring[i + 1]!
    return {
      middle: [(ax + bx) / 2, (ay + by) / 2] as [number, number],
      length_m: Math.hypot(bx - ax, by - ay),
      angle: Math.atan2(by - ay, bx - ax),
    }
  })
  const isRectangular =
    sides.length === 4 &&
    Math.abs(sides[0]!.length_m - sides[2]!.length_m) < 0.02 &&
    Math.abs(sides[1]!.length_m - sides[3]!.length_m) < 0.02
  return isRectangular ? sides.slice(0, 2) : sides.length <= 12 ? sides : []
}

/** The kerbs of street segments, in metres. */
export function kerbLines(frame: MetricFrame, lines: readonly Geometry[]): KerbLine[] {
  return lines
    .flatMap((line) => linesOf(frame, line))
    .filter((points) => points.length > 1)
    .map((points) => kerbLine(points))
}

/**
 * Where a crew measures from: how far along the nearest kerb line, from its beginning, the bay starts and ends, and its
 * least distance from it, in metres. Null where no kerb lies within 10 m.
 */
export function alongKerb(
  ring: readonly (readonly [number, number])[],
  kerbs: readonly KerbLine[],
): { from_m: number; to_m: number; offset_m: number } | null {
  let best: { from_m: number; to_m: number; offset_m: number } | null = null
  for (const kerb of kerbs) {
    const places = ring.map(([x, y]) => placeOnKerb(kerb, [x, y]))
    const offset_m = Math.min(...places.map(({ distance_m }) => distance_m))
    if (offset_m > 10 || (best && best.offset_m <= offset_m)) continue
    const along = places.map(({ along_m }) => along_m)
    best = { from_m: Math.min(...along), to_m: Math.max(...along), offset_m }
  }
  return best
}

type Box = readonly [number, number, number, number]

function boxOfRings(rings: Rings): Box {
  const points = rings.flat()
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [
    Math.min(...xs) - MARGIN_M,
    Math.min(...ys) - MARGIN_M,
    Math.max(...xs) + MARGIN_M,
    Math.max(...ys) + MARGIN_M,
  ]
}

const joinedBox = (a: Box, b: Box): Box => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
]
