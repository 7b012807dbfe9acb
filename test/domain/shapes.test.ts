import { area, featureCollection, intersect, polygon } from '@turf/turf'
import fc from 'fast-check'
import type { Geometry, Polygon, Position } from 'geojson'
import t from 'tap'
import { bayCapacity } from '../../api/domain/geometry/bay-capacity.ts'
import { clearance } from '../../api/domain/geometry/clearance.ts'
import {
  geometryToDegrees,
  geometryToMetres,
  metricFrame,
  toDegrees,
} from '../../api/domain/geometry/metric-frame.ts'
import { overlapArea } from '../../api/domain/geometry/overlap.ts'
import { planarShape } from '../../api/domain/geometry/planar-shape.ts'

const frame = metricFrame(91.145, 29.653)
const inDegrees = (ring: readonly Position[]): Polygon => ({
  type: 'Polygon',
  coordinates: [ring.map(([x, y]) => toDegrees(frame, x!, y!))],
})
const box = (x: number, y: number, w: number, h: number): Position[] => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
  [x, y],
]
const shapeOf = (geometry: Geometry) => planarShape(frame, geometry)

t.test('a degree at Lhasa is 96.8 km east and 110.8 km north (WGS 84 ellipsoid)', async (t) => {
  const { metres_per_lon, metres_per_lat } = metricFrame(91.14, 29.65)
  // Published series: 111412.84 cos φ − 93.5 cos 3φ; 111132.92 − 559.82 cos 2φ + 1.175 cos 4φ.
  t.ok(Math.abs(metres_per_lon - 96_823.1) < 1, String(metres_per_lon))
  t.ok(Math.abs(metres_per_lat - 110_846.6) < 1, String(metres_per_lat))
})

t.test('degrees to metres and back is the same place within a micrometre', async (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -3000, max: 3000, noNaN: true }),
      fc.double({ min: -3000, max: 3000, noNaN: true }),
      (x, y) => {
        const there = geometryToDegrees(frame, { type: 'Point', coordinates: [x, y] })
        const back = geometryToMetres(frame, there).coordinates
        return Math.abs(back[0]! - x) < 1e-6 && Math.abs(back[1]! - y) < 1e-6
      },
    ),
  )
  t.pass('there and back')
})

t.test('two boxes of 10 × 4 m shifted by 6 and 1 m share 4 × 3 m', async (t) => {
  const a = shapeOf(inDegrees(box(0, 0, 10, 4)))
  const b = shapeOf(inDegrees(box(6, 1, 10, 4)))
  t.ok(Math.abs(overlapArea(a, b) - 12) < 1e-6)
  t.equal(clearance(a, b).distance_m, 0)
})

t.test('an L and a box in its notch do not overlap; the gap is measured', async (t) => {
  const l = shapeOf(
    inDegrees([
      [0, 0],
      [10, 0],
      [10, 2],
      [2, 2],
      [2, 10],
      [0, 10],
      [0, 0],
    ]),
  )
  const notch = shapeOf(inDegrees(box(3, 4, 2, 2)))
  t.equal(overlapArea(l, notch), 0)
  t.ok(Math.abs(clearance(l, notch).distance_m - 1) < 1e-6)
  t.ok(Math.abs(l.area_m2 - 36) < 1e-6)
})

t.test('a hole is no area: a box inside the hole overlaps nothing and is 1 m away', async (t) => {
  const ring: Polygon = {
    type: 'Polygon',
    coordinates: [box(0, 0, 10, 10), box(3, 3, 4, 4)].map((r) =>
      r.map(([x, y]) => toDegrees(frame, x!, y!)),
    ),
  }
  const shape = shapeOf(ring)
  const inside = shapeOf(inDegrees(box(4, 4, 2, 2)))
  t.ok(Math.abs(shape.area_m2 - 84) < 1e-6)
  t.ok(overlapArea(shape, inside) < 1e-9)
  t.ok(Math.abs(clearance(shape, inside).distance_m - 1) < 1e-6)
})

t.test('a point and a line know their distance from a box', async (t) => {
  const b = shapeOf(inDegrees(box(0, 0, 4, 4)))
  const point = shapeOf({ type: 'Point', coordinates: toDegrees(frame, 7, 8) })
  const line = shapeOf({
    type: 'LineString',
    coordinates: [toDegrees(frame, -2, 9), toDegrees(frame, 9, 9)],
  })
  const found = clearance(b, point)
  t.ok(Math.abs(found.distance_m - 5) < 1e-6, '3-4-5')
  t.same(found.from.map(Math.round), [4, 4])
  t.same(found.to.map(Math.round), [7, 8])
  t.ok(Math.abs(clearance(line, b).distance_m - 5) < 1e-6)
})

const corner = fc.double({ min: -30, max: 30, noNaN: true })
const star = fc
  .tuple(
    corner,
    corner,
    fc.array(fc.double({ min: 2, max: 15, noNaN: true }), { minLength: 3, maxLength: 9 }),
  )
  .map(([cx, cy, radii]): Position[] => {
    const ring = radii.map((r, i): Position => {
      const angle = (i / radii.length) * 2 * Math.PI
      return [cx + r * Math.cos(angle), cy + r * Math.sin(angle)]
    })
    return [...ring, ring[0]!]
  })

t.test('overlap of any two stars equals Turf within 0.5 %', async (t) => {
  fc.assert(
    fc.property(star, star, (p, q) => {
      const a = inDegrees(p)
      const b = inDegrees(q)
      const ours = overlapArea(shapeOf(a), shapeOf(b))
      const shared = intersect(featureCollection([polygon(a.coordinates), polygon(b.coordinates)]))
      const turfs = shared ? area(shared) : 0
      return Math.abs(ours - turfs) <= Math.max(0.005 * turfs, 0.01)
    }),
    { numRuns: 300 },
  )
  t.pass('300 pairs')
})

t.test('distance is symmetric, and 0 exactly where shapes overlap', async (t) => {
  fc.assert(
    fc.property(star, star, (p, q) => {
      const a = shapeOf(inDegrees(p))
      const b = shapeOf(inDegrees(q))
      const there = clearance(a, b).distance_m
      const back = clearance(b, a).distance_m
      const isOverlapping = overlapArea(a, b) > 1e-6
      return Math.abs(there - back) < 1e-9 && (!isOverlapping || there === 0)
    }),
    { numRuns: 300 },
  )
  t.pass('300 pairs')
})

t.test(
  'capacity: 12 m of kerb holds 20 bikes, 15 e-bikes, 2 parallel cars, 4 perpendicular',
  async (t) => {
    const bay = { rows: 1, unit_length_m: null, unit_width_m: null, length_m: 12 }
    const cap = (
      vehicle_class: 'bicycle' | 'e_bike' | 'car',
      layout: 'parallel' | 'perpendicular' | 'angled' | null,
      depth_m: number,
    ) => bayCapacity({ ...bay, vehicle_class, layout, depth_m })
    t.equal(cap('bicycle', 'perpendicular', 2), 20)
    t.equal(cap('e_bike', null, 2), 15)
    t.equal(cap('car', 'parallel', 2.5), 2)
    t.equal(cap('car', 'perpendicular', 6), 4)
    t.equal(
      cap('car', 'angled', 7),
      2,
      '60°: a car takes 2.8 / sin 60° = 3.23 m after 3 m of run-in',
    )
    t.equal(cap('bicycle', 'perpendicular', 1.5), 0, 'too shallow')
    t.equal(
      bayCapacity({
        ...bay,
        vehicle_class: 'bicycle',
        layout: 'perpendicular',
        rows: 2,
        depth_m: 4,
      }),
      40,
    )
  },
)
