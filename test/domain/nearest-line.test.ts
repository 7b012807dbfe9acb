import fc from 'fast-check'
import t from 'tap'
import { lineFinder, type Polyline } from '../../api/domain/geometry/nearest-line.ts'

const line = (...points: [number, number][]): Polyline => ({
  parts: [Float64Array.from(points.flat())],
})
const EAST = line([0, 0], [100, 0])

t.test('a bicycle 3 m north of a street drawn eastwards stands on its left', async (t) => {
  const finder = lineFinder([EAST], 30)
  t.same(finder.nearest(40, 3), { line: 0, distance_m: 3, side: 'left' })
  t.same(finder.nearest(40, -4), { line: 0, distance_m: 4, side: 'right' })
  t.same(finder.nearest(103, 4), { line: 0, distance_m: 5, side: 'left' }, 'beyond its end: 3-4-5')
})

t.test('30 m is within 30 m, 30.01 m is not', async (t) => {
  const finder = lineFinder([EAST], 30)
  t.equal(finder.nearest(50, 30)?.distance_m, 30)
  t.equal(finder.nearest(50, 30.01), null)
  t.equal(finder.nearest(5000, 5000), null)
  t.equal(lineFinder([], 30).nearest(0, 0), null)
})

t.test('of two streets equally near the first one counts', async (t) => {
  const finder = lineFinder([line([0, 10], [50, 10]), line([0, -10], [50, -10])], 30)
  t.same(finder.nearest(20, 0), { line: 0, distance_m: 10, side: 'right' })
})

//   A street that comes from the west and turns back sharply to the north-west: beyond the tip (10, 0)
//   lies its right side, although the last segment alone, prolonged, would call (12, -1) its left.
t.test('beyond the tip of a left hairpin lies the right side', async (t) => {
  const finder = lineFinder([line([0, 0], [10, 0], [0, 4])], 30)
  t.equal(finder.nearest(12, 1)?.side, 'right')
  t.equal(finder.nearest(12, -1)?.side, 'right')
  t.equal(finder.nearest(5, 1)?.side, 'left')
})

t.test('a vertex drawn twice changes nothing', async (t) => {
  const finder = lineFinder([line([0, 0], [10, 0], [10, 0], [10, 10])], 30)
  t.same(finder.nearest(12, -1)?.side, 'right')
  t.same(finder.nearest(8, 2)?.side, 'left')
})

const point = fc.tuple(
  fc.integer({ min: -2000, max: 2000 }).map((n) => n / 10),
  fc.integer({ min: -2000, max: 2000 }).map((n) => n / 10),
)

t.test(
  'finds what looking at every segment finds, whatever the cells and the distance',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(point, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 15 }),
        fc.array(point, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 2, max: 150 }),
        fc.integer({ min: 1, max: 300 }),
        (lines, points, cell_m, max_distance_m) => {
          const finder = lineFinder(
            lines.map((points) => line(...points)),
            max_distance_m,
            cell_m,
          )
          for (const [x, y] of points) {
            const distances = lines.map((points) => distanceTo(points, x, y))
            const least = Math.min(...distances)
            const found = finder.nearest(x, y)
            if (Math.abs(least - max_distance_m) < 1e-9) continue
            if ((found === null) !== least > max_distance_m)
              throw new Error(`${x} ${y}: ${found ? 'found' : 'missed'} at ${least}`)
            if (found && Math.abs(found.distance_m - least) > 1e-9)
              throw new Error(`${x} ${y}: ${found.distance_m} instead of ${least}`)
            if (found && Math.abs(distances[found.line]! - least) > 1e-9)
              throw new Error(`${x} ${y}: line ${found.line} is not the nearest`)
          }
        },
      ),
      { numRuns: 300 },
    )
    t.pass('300 streets nets')
  },
)

function distanceTo(points: readonly [number, number][], x: number, y: number): number {
  let least = Infinity
  for (let i = 0; i + 1 < points.length; i++) {
    const [ax, ay] = points[i]!
    const [bx, by] = points[i + 1]!
    const squared = (bx - ax) ** 2 + (by - ay) ** 2
    if (squared === 0) continue
    const t = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / squared))
    least = Math.min(least, Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y))
  }
  return least
}
