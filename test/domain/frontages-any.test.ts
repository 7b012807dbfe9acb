import fc from 'fast-check'
import t from 'tap'
import { type Ground, layFrontages } from '../../api/domain/frontages/frontages.ts'
import type { Point } from '../../api/domain/geometry/ring-edits.ts'
import { box, building, near, overlap, ringArea } from '../fixtures/houses.ts'

t.test(
  'any row on a straight street: side by side, wall to kerb, nothing left between',
  async () => {
    const turned = ([x, y]: Point, angle: number): Point => [
      x * Math.cos(angle) - y * Math.sin(angle),
      x * Math.sin(angle) + y * Math.cos(angle),
    ]
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 15 }),
        fc.double({ min: 1.1, max: 11, noNaN: true }),
        fc.double({ min: -3.1, max: 3.1, noNaN: true }),
        (metres, depth, angle) => {
          const doors = metres.toSorted((a, b) => a - b)
          const turn = (line: Point[]) => line.map((point) => turned(point, angle))
          const ground: Ground = {
            buildings: [building('b', turn(box(0, 0, 40, 10)))],
            kerbs: [
              turn([
                [-20, -depth],
                [60, -depth],
              ]),
            ],
            centrelines: [],
            settled: [],
            shops: doors.map((x, i) => ({
              id: String(i),
              point: turned([x, 0], angle),
              building_id: 'b',
            })),
          }
          const { frontages, missing } = layFrontages(ground)
          const back = frontages.map((one) => one.rings[0]!.map((point) => turned(point, -angle)))
          const again = layFrontages({ ...ground, shops: ground.shops.toReversed() })
          if (missing.length > 0 || JSON.stringify(again.frontages) !== JSON.stringify(frontages))
            return false
          const spans = back
            .map((ring) => [Math.min(...ring.map(([x]) => x)), Math.max(...ring.map(([x]) => x))])
            .sort((a, b) => a[0]! - b[0]!)
          const isCovered =
            spans.every(([from], i) => i === 0 || near(spans[i - 1]![1]!, from!, 1e-6)) &&
            spans[0]![0]! <= doors[0]! &&
            spans.at(-1)![1]! >= doors.at(-1)!
          const isBetween = back.flat().every(([, y]) => y <= 1e-6 && y >= -depth - 1e-6)
          const isFull = frontages.every(
            (one) =>
              one.depth_by === 'kerb' &&
              near(one.area_m2, one.width_m * depth, 1e-5) &&
              near(ringArea(one.rings[0]!), one.area_m2, 1e-5),
          )
          return isCovered && isBetween && isFull
        },
      ),
      { numRuns: 300 },
    )
  },
)

t.test('any blocks of houses: nobody’s ground lies on another’s or in a house', async () => {
  const place = fc.record({
    x: fc.integer({ min: 0, max: 60 }),
    y: fc.integer({ min: 0, max: 60 }),
  })
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ w: fc.integer({ min: 4, max: 18 }), h: fc.integer({ min: 4, max: 18 }) }),
        {
          minLength: 4,
          maxLength: 9,
        },
      ),
      fc.array(place, { minLength: 1, maxLength: 25 }),
      fc.array(fc.tuple(place, place), { maxLength: 4 }),
      (sizes, doors, lines) => {
        const houses = sizes.map(({ w, h }, i) =>
          building(`h${i}`, box((i % 3) * 20, Math.floor(i / 3) * 20, w, h)),
        )
        const { frontages } = layFrontages({
          buildings: houses,
          kerbs: lines.map(([a, b]) => [
            [a.x, a.y],
            [b.x, b.y],
          ]),
          centrelines: [],
          settled: [],
          shops: doors.map(({ x, y }, i) => ({ id: `s${i}`, point: [x, y], building_id: null })),
        })
        return frontages.every(
          (one, i) =>
            frontages.slice(i + 1).every((other) => overlap(one, other) < 0.06) &&
            houses.every(
              (house) => overlap(one, { ...one, rings: [...house.polygons[0]!] }) < 1e-6,
            ),
        )
      },
    ),
    { numRuns: 200 },
  )
})
