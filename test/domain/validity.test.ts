import fc from 'fast-check'
import type { Polygon, Position } from 'geojson'
import t from 'tap'
import { areaOfRing } from '../../api/domain/geometry/rings.ts'
import { checkGeometry } from '../../api/domain/geometry/validity.ts'

const AREAS = ['Polygon', 'MultiPolygon']
const polygon = (...rings: unknown[]) =>
  checkGeometry({ type: 'Polygon', coordinates: rings }, { types: AREAS })
const multi = (...polygons: unknown[]) =>
  checkGeometry({ type: 'MultiPolygon', coordinates: polygons }, { types: AREAS })
const square = (x: number, y: number, size: number) => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y + size],
  [x, y],
]
const refused = (checked: ReturnType<typeof checkGeometry>) =>
  checked.ok ? 'let in' : { path: checked.path, message: checked.message }

t.test('a good polygon comes out turned as RFC 7946 wants: shell left, hole right', async (t) => {
  const checked = polygon(square(0, 0, 4).toReversed(), square(1, 1, 1))
  t.ok(checked.ok)
  const [shell, hole] = (checked.ok && (checked.geometry as Polygon).coordinates) as Position[][]
  t.equal(areaOfRing(shell!), 16)
  t.equal(areaOfRing(hole!), -1)
})

t.test('faults are named by path, words and place', async (t) => {
  t.match(
    polygon([
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ]),
    {
      ok: false,
      path: 'coordinates/0',
      message: /not closed/,
      lon: 0,
      lat: 1,
    },
  )
  t.match(
    polygon([
      [0, 0],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ]),
    {
      ok: false,
      path: 'coordinates/0',
      message: /crosses or touches itself/,
      lon: 0.5,
      lat: 0.5,
    },
  )
  t.match(
    polygon([
      [0, 0],
      [2, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ]),
    { ok: false, message: /itself/ },
  )
  t.match(polygon(square(0, 0, 4), square(5, 5, 1)), {
    ok: false,
    path: 'coordinates/1',
    message: /outside/,
    lon: 5,
    lat: 5,
  })
  t.match(polygon(square(0, 0, 4), square(0, 0, 4)), { ok: false, message: /share an edge/ })
  t.match(polygon(square(0, 0, 9), square(1, 1, 5), square(2, 2, 1)), {
    ok: false,
    message: /inside hole 1/,
  })
  t.match(
    polygon(square(0, 0, 4), [
      [0, 2],
      [2, 1],
      [4, 2],
      [2, 3],
      [0, 2],
    ]),
    {
      ok: false,
      message: /in two/,
    },
  )
  t.match(multi([square(0, 0, 4)], [square(1, 1, 1)]), {
    ok: false,
    path: 'coordinates/1',
    message: /overlaps part 0/,
  })
})

t.test(
  'a ring that touches the shell at one point is a hole; parts may touch at corners',
  async (t) => {
    t.ok(
      polygon(square(0, 0, 4), [
        [0, 2],
        [1, 1],
        [1, 3],
        [0, 2],
      ]).ok,
    )
    t.ok(multi([square(0, 0, 1)], [square(1, 1, 1)]).ok)
    t.ok(multi([square(0, 0, 9), square(2, 2, 4)], [square(3, 3, 1)]).ok, 'an island in a hole')
  },
)

t.test('positions: two finite numbers in range; a third is dropped with a notice', async (t) => {
  const point = (coordinates: unknown) =>
    checkGeometry({ type: 'Point', coordinates }, { types: ['Point'] })
  t.same(point([91.1, 29.6, 3650]), {
    ok: true,
    geometry: { type: 'Point', coordinates: [91.1, 29.6] },
    notices: ['heights were dropped'],
  })
  for (const bad of [[1], [1, 2, 3, 4, 5], ['1', 2], [null, 2], [NaN, 2], [Infinity, 2], {}, 7])
    t.notOk(point(bad).ok, JSON.stringify(bad))
  t.match(point([29.6, 91.1]), { message: /latitude before longitude/ })
  t.match(point([389_000, 5_814_000]), { message: /declare the CRS/ })
  t.match(point([10, 90]), { message: /pole/ })
})

t.test('limits are named', async (t) => {
  let deep: unknown = 1
  for (let i = 0; i < 100_000; i++) deep = [deep]
  t.match(refused(polygon(deep)), { message: /deeper than 64/ })
  const many = Array.from({ length: 100_001 }, (_, i) => [i / 1e5, 0])
  t.match(
    refused(checkGeometry({ type: 'LineString', coordinates: many }, { types: ['LineString'] })),
    { message: /more than 100000 vertices/ },
  )
  t.match(refused(multi(...Array.from({ length: 1001 }, (_, i) => [square(i, 0, 0.5)]))), {
    message: /more than 1000 parts/,
  })
  t.match(refused(polygon(square(0, 0, 20))), { message: /wider than 10 degrees/ })
  t.match(
    refused(
      polygon([
        [179, 0],
        [-179, 0],
        [-179, 1],
        [179, 0],
      ]),
    ),
    { message: /antimeridian/ },
  )
})

t.test('empty, missing and foreign shapes are refused', async (t) => {
  for (const bad of [
    null,
    [],
    'POINT(0 0)',
    {},
    { type: 'Polygon' },
    { type: 'Polygon', coordinates: [] },
    { type: 'Polygon', coordinates: [[]] },
    { type: 'Circle', coordinates: [0, 0] },
    { type: 'Point', coordinates: [0, 0] },
    { type: 'GeometryCollection', geometries: [] },
  ])
    t.notOk(checkGeometry(bad, { types: AREAS }).ok, JSON.stringify(bad))
})

t.test('a shape of 90,000 corners is judged within two seconds', async (t) => {
  const n = 90_000
  const ring = Array.from({ length: n }, (_, i) => {
    const angle = (i / n) * 2 * Math.PI
    return [Math.cos(angle), Math.sin(angle)]
  })
  const started = performance.now()
  t.ok(polygon([...ring, ring[0]]).ok)
  t.ok(performance.now() - started < 2000)
})

const corners = (radii: readonly number[]) =>
  radii.map((r, i) => {
    const angle = (i / radii.length) * 2 * Math.PI
    return [r * Math.cos(angle), r * Math.sin(angle)]
  })

t.test('stars around a centre are simple', async (t) => {
  const radius = fc.double({ min: 0.2, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(radius, { minLength: 8, maxLength: 40 }), (radii) => {
      const star = corners(radii)
      return polygon([...star, star[0]]).ok
    }),
    { numRuns: 200 },
  )
  t.pass('200 stars')
})

t.test('swapping two opposite corners of a nearly round ring crosses it', async (t) => {
  // Corners 0, 1, h − 1 and h make a convex quadrilateral where no corner is much nearer to the centre than another;
  // after the swap its two diagonals are edges, and those cross. A star with deep notches may stay simple.
  const radius = fc.double({ min: 0.9, max: 1, noNaN: true })
  fc.assert(
    fc.property(fc.array(radius, { minLength: 8, maxLength: 40 }), (radii) => {
      const ring = corners(radii)
      const half = Math.floor(ring.length / 2)
      ;[ring[0], ring[half]] = [ring[half]!, ring[0]!]
      return !polygon([...ring, ring[0]]).ok
    }),
    { numRuns: 200 },
  )
  t.pass('200 broken rings')
})
