import { booleanPointInPolygon, multiPolygon, polygon } from '@turf/turf'
import fc from 'fast-check'
import t from 'tap'
import { areaAssigner, type Area } from '../../api/domain/geometry/points-into-areas.ts'

const ring = (...points: [number, number][]) => Float64Array.from(points.flat())
const square = (x: number, y: number, side: number): Area => ({
  rings: [ring([x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y])],
})
const L_SHAPE: Area = {
  rings: [ring([0, 0], [10, 0], [10, 4], [4, 4], [4, 10], [0, 10])],
}

t.test('of two bays that overlap by 2 m the lower index takes the point', async (t) => {
  const areas = areaAssigner([square(0, 0, 6), square(4, 0, 6)])
  t.equal(areas.areaAt(5, 3), 0)
  t.equal(areas.areaAt(7, 3), 1)
  t.equal(areas.areaAt(11, 3), -1)
})

t.test('corners and edges belong to their area, clockwise rings too', async (t) => {
  const clockwise: Area = { rings: [ring([20, 0], [20, 6], [26, 6], [26, 0])] }
  const areas = areaAssigner([square(0, 0, 6), clockwise])
  for (const [x, y] of [
    [0, 0],
    [6, 6],
    [3, 0],
    [6, 2.5],
  ] as const)
    t.equal(areas.areaAt(x, y), 0)
  t.equal(areas.areaAt(26, 3), 1)
  t.equal(areas.areaAt(20, 6), 1)
  t.equal(areas.areaAt(6.001, 3), -1)
})

t.test(
  'an L of 64 m² does not hold the point 1 m into its notch, but its inner corner',
  async (t) => {
    const areas = areaAssigner([L_SHAPE])
    t.equal(areas.areaAt(5, 5), -1)
    t.equal(areas.areaAt(4, 4), 0)
    t.equal(areas.areaAt(2, 9), 0)
    t.equal(areas.areaAt(9, 2), 0)
  },
)

t.test('a yard of 20 m with a building of 4 m inside holds what stands around it', async (t) => {
  const yard: Area = { rings: [...square(0, 0, 20).rings, ...square(8, 8, 4).rings] }
  const areas = areaAssigner([yard])
  t.equal(areas.areaAt(10, 10), -1, 'inside the building')
  t.equal(areas.areaAt(8, 10), 0, 'on its wall')
  t.equal(areas.areaAt(4, 10), 0)
})

t.test('both parts of a multipolygon hold, and an area without rings holds nothing', async (t) => {
  const parts: Area = { rings: [...square(0, 0, 5).rings, ...square(100, 0, 5).rings] }
  const found = areaAssigner([{ rings: [] }, parts]).assign(
    Float64Array.of(2, 102, 50),
    Float64Array.of(2, 2, 2),
  )
  t.same([...found], [1, 1, -1])
})

t.test('no areas hold no point, and a point that is no number lies nowhere', async (t) => {
  t.equal(areaAssigner([]).areaAt(0, 0), -1)
  t.equal(areaAssigner([square(0, 0, 6)]).areaAt(NaN, 3), -1)
})

const coordinate = fc.integer({ min: -400, max: 400 }).map((n) => n / 10)
const star = fc
  .record({
    x: coordinate,
    y: coordinate,
    radii: fc.array(fc.integer({ min: 10, max: 120 }), { minLength: 3, maxLength: 9 }),
    isReversed: fc.boolean(),
  })
  .map(({ x, y, radii, isReversed }) => {
    const points = radii.map((radius, i): [number, number] => {
      const angle = (2 * Math.PI * i) / radii.length
      return [x + (radius / 10) * Math.cos(angle), y + (radius / 10) * Math.sin(angle)]
    })
    if (isReversed) points.reverse()
    return [...points, points[0]!]
  })

t.test(
  'agrees with Turf for stars with and without a hole; a point within a nanometre of an edge is on it',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(star, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(coordinate, coordinate), { maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (rings, points, cell_m) => {
          // Every third polygon gets a hole: itself, shrunk to a third.
          const polygons = rings.map((outer, i) => {
            const [cx, cy] = middleOf(outer)
            const hole = outer.map(([x, y]): [number, number] => [
              cx + (x - cx) / 3,
              cy + (y - cy) / 3,
            ])
            return i % 3 === 0 ? [outer, hole] : [outer]
          })
          const areas = polygons.map((p) => ({ rings: p.map((r) => ring(...r)) }))
          const asked = [...points, ...rings.map((r) => r[0]!)]
          const found = areaAssigner(areas, cell_m).assign(
            Float64Array.from(asked, (p) => p[0]),
            Float64Array.from(asked, (p) => p[1]),
          )
          asked.forEach((point, p) => {
            const distances = polygons.map((rings) => boundaryDistance(point, rings))
            // The width of the line itself is a matter of rounding.
            if (distances.some((d) => Math.abs(d - BOUNDARY_M) < BOUNDARY_M / 2)) return
            const expected = polygons.findIndex(
              (rings, i) =>
                distances[i]! < BOUNDARY_M || booleanPointInPolygon(point, polygon(rings)),
            )
            if (found[p] !== expected)
              throw new Error(`${point.join(' ')}: ${found[p]} instead of ${expected}`)
          })
        },
      ),
      { numRuns: 300 },
    )
    t.ok(
      booleanPointInPolygon(
        [0.5, 0.5],
        multiPolygon([
          [
            [
              [0, 0],
              [1, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        ]),
      ),
      'Turf counts a boundary as inside, as we do',
    )
  },
)

/**
 * Turf asks on which side of an edge a point lies without any rounding; ours counts a point within a nanometre of an
 * edge as on it. Points such as 15.9 −34 on a line that binary numbers cannot hold exactly fall between the two.
 */
const BOUNDARY_M = 1e-9

/** Least distance of a point from the edges of a polygon's rings. */
function boundaryDistance(
  [x, y]: readonly [number, number],
  rings: readonly (readonly (readonly [number, number])[])[],
): number {
  let least = Infinity
  for (const ring of rings)
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax, ay] = ring[i]!
      const [dx, dy] = [ring[i + 1]![0] - ax, ring[i + 1]![1] - ay]
      const length2 = dx * dx + dy * dy
      const along = length2 === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / length2
      const t = Math.min(1, Math.max(0, along))
      least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy))
    }
  return least
}

function middleOf(ring: readonly (readonly [number, number])[]): [number, number] {
  const n = ring.length - 1
  const open = ring.slice(0, n)
  return [open.reduce((s, p) => s + p[0], 0) / n, open.reduce((s, p) => s + p[1], 0) / n]
}
