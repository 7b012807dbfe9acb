import fc from 'fast-check'
import type { Polygon } from 'geojson'
import t from 'tap'
import { geometryToDegrees, metricFrame } from '../../api/domain/geometry/metric-frame.ts'
import { overlapArea } from '../../api/domain/geometry/overlap.ts'
import { planarShape } from '../../api/domain/geometry/planar-shape.ts'
import { stallGrid, USUAL_STALL } from '../../api/domain/stalls/stall-grid.ts'

const FRAME = metricFrame(91.1437, 29.6537)

/** A polygon of WGS 84 from corners in metres. */
const zoneOf = (corners: [number, number][]): Polygon =>
  geometryToDegrees(FRAME, { type: 'Polygon', coordinates: [[...corners, corners[0]!]] })
const turned = (corners: [number, number][], angle: number): [number, number][] =>
  corners.map(([x, y]) => [
    x * Math.cos(angle) - y * Math.sin(angle),
    x * Math.sin(angle) + y * Math.cos(angle),
  ])
const area = (zone: Polygon) => {
  const shape = planarShape(FRAME, zone)
  return overlapArea(shape, shape)
}

t.test(
  'a strip of 20 × 2 m takes eight stalls of 2 × 1.5 m with half a metre between',
  async (t) => {
    // 8 × 2 + 7 × 0.5 = 19.5 m, a ninth would need 22.
    const stalls = stallGrid(
      zoneOf([
        [0, 0],
        [20, 0],
        [20, 2],
        [0, 2],
      ]),
      USUAL_STALL,
    )
    t.equal(stalls.length, 8)
    t.same(
      stalls.map(({ number }) => number),
      [1, 2, 3, 4, 5, 6, 7, 8],
    )
    const west = stalls.map(({ geometry }) =>
      Math.min(...geometry.coordinates[0]!.map((p) => p[0]!)),
    )
    t.same(
      west,
      [...west].sort((a, b) => a - b),
      'numbered from the west',
    )
    for (const { geometry } of stalls) t.ok(Math.abs(area(geometry) - 3) < 0.06, '3 m² each')
  },
)

t.test(
  'a square of 10 × 10 m takes three rows of four, an aisle of 2 m between rows',
  async (t) => {
    // Rows at 0, 3.5 and 7 m deep 1.5 m: 8.5 m of 10; 4 × 2 + 3 × 0.5 = 9.5 m of 10 along.
    t.equal(
      stallGrid(
        zoneOf([
          [0, 0],
          [10, 0],
          [10, 10],
          [0, 10],
        ]),
        USUAL_STALL,
      ).length,
      12,
    )
  },
)

t.test('no more than wished, none where none fits', async (t) => {
  const zone = zoneOf([
    [0, 0],
    [20, 0],
    [20, 2],
    [0, 2],
  ])
  t.equal(stallGrid(zone, { ...USUAL_STALL, most: 3 }).length, 3)
  t.same(stallGrid(zone, { ...USUAL_STALL, depth_m: 2.5 }), [])
})

t.test(
  'whatever the zone, stalls lie inside it and apart, of the size wished, each time the same',
  async () => {
    const zones = fc
      .record({
        radii: fc.array(fc.double({ min: 4, max: 25, noNaN: true }), {
          minLength: 3,
          maxLength: 9,
        }),
        angle: fc.double({ min: 0, max: Math.PI, noNaN: true }),
      })
      .map(({ radii, angle }) =>
        zoneOf(
          turned(
            radii.map((r, i): [number, number] => {
              const at = (2 * Math.PI * i) / radii.length
              return [r * Math.cos(at), 0.6 * r * Math.sin(at)]
            }),
            angle,
          ),
        ),
      )
    const wishes = fc.record({
      length_m: fc.double({ min: 1, max: 5, noNaN: true }),
      depth_m: fc.double({ min: 1, max: 3, noNaN: true }),
      gap_m: fc.double({ min: 0.1, max: 2, noNaN: true }),
      aisle_m: fc.double({ min: 0.5, max: 4, noNaN: true }),
      most: fc.constant(null),
    })
    fc.assert(
      fc.property(zones, wishes, (zone, wish) => {
        const stalls = stallGrid(zone, wish)
        const shape = planarShape(FRAME, zone)
        const shapes = stalls.map(({ geometry }) => planarShape(FRAME, geometry))
        stalls.forEach(({ geometry }, i) => {
          const own = area(geometry)
          const size = wish.length_m * wish.depth_m
          // A centimetre along each side for rounded corners and edges.
          const rounding = 0.03 * (wish.length_m + wish.depth_m)
          if (Math.abs(own - size) > rounding) throw new Error(`${own} m² for ${size}`)
          const inside = overlapArea(shapes[i]!, shape)
          if (own - inside > rounding) throw new Error(`${own - inside} m² outside`)
          for (let j = i + 1; j < shapes.length; j++) {
            const shared = overlapArea(shapes[i]!, shapes[j]!)
            if (shared > 1e-6) throw new Error(`stalls ${i} and ${j} share ${shared} m²`)
          }
        })
        if (JSON.stringify(stallGrid(zone, wish)) !== JSON.stringify(stalls))
          throw new Error('other')
      }),
      { numRuns: 150, seed: 20261125 },
    )
  },
)
