import t from 'tap'
import type { Geometry } from 'geojson'
import { holdsPoint } from '../../api/domain/geometry/clearance.ts'
import { metricFrame, toDegrees } from '../../api/domain/geometry/metric-frame.ts'
import { planarShape } from '../../api/domain/geometry/planar-shape.ts'
import { buildScene, type SceneFeature } from '../../api/domain/rules/scene.ts'
import {
  type Footway,
  leastWidth,
  shareUnder,
  type WidthPiece,
  widthProfile,
} from '../../api/domain/street/clear-path.ts'
import { walkingSide, walkingWeek, worstByHour } from '../../api/domain/street/walking.ts'
import { randomSource } from '../bench/city.ts'

const frame = metricFrame(91.145, 29.653)
const ring = (...corners: [number, number][]): Geometry => ({
  type: 'Polygon',
  coordinates: [[...corners, corners[0]!].map(([x, y]) => toDegrees(frame, x, y))],
})
const shape = (...corners: [number, number][]) => planarShape(frame, ring(...corners))
const box = (x: number, y: number, w: number, h: number) =>
  shape([x, y], [x + w, y], [x + w, y + h], [x, y + h])
/** Along the x axis, the footway above it: 4 m, its first half metre for furniture. */
const footway: Footway = {
  kerb: [
    [0, 0],
    [100, 0],
  ],
  side: 'left',
  footway_width_m: 4,
  furnishing_width_m: 0.5,
}
const near = (a: number, b: number, tolerance = 1e-5) => Math.abs(a - b) <= tolerance

t.test('nothing in the way: 3.5 m from end to end', async (t) => {
  t.match(widthProfile(footway, []), [{ from_m: 0, to_m: 100, from_width_m: 3.5, to_width_m: 3.5 }])
})

t.test('a bay of 6 × 1.8 m at the kerb leaves 2.2 m for its six metres', async (t) => {
  // 4 m less 1.8 m behind it; a bay across the middle leaves the wider of its two sides.
  const profile = widthProfile(footway, [box(20, 0, 6, 1.8)])
  const least = leastWidth(profile)!
  t.ok(near(least.width_m, 2.2) && near(least.at_m, 20))
  t.same(least.narrowed_by, [0])
  t.ok(near(shareUnder(profile, 2.5)!, 0.06))
  t.equal(shareUnder(profile, 2), 0)
  const middle = leastWidth(widthProfile(footway, [box(20, 1.5, 6, 1)]))!
  t.ok(near(middle.width_m, 1.5), '1.0 m before it, 1.5 m behind it')
})

t.test('a wedge narrows evenly: the share under 2 m is where its edge is past 2 m', async (t) => {
  // From the kerb at 10 m to 3 m deep at 40 m: width 4 − (s − 10) / 10, so 2 m at s = 30.
  const profile = widthProfile(footway, [shape([10, 0], [40, 0], [40, 3])])
  t.ok(near(shareUnder(profile, 2)!, 0.1))
  t.ok(near(leastWidth(profile)!.width_m, 1))
})

t.test('a point splits the way at one place and takes no length', async (t) => {
  const post = planarShape(frame, { type: 'Point', coordinates: toDegrees(frame, 50, 2) })
  const profile = widthProfile(footway, [post])
  t.ok(near(leastWidth(profile)!.width_m, 2))
  t.ok(near(leastWidth(profile)!.at_m, 50))
  t.equal(shareUnder(profile, 3), 0)
})

/** The widest way at a station by walking over it in steps of 4 mm. */
function sampled(own: Footway, obstacles: ReturnType<typeof shape>[], station: number): number {
  let rest = station
  let i = 0
  const lengthOf = (n: number) =>
    Math.hypot(own.kerb[n + 1]![0] - own.kerb[n]![0], own.kerb[n + 1]![1] - own.kerb[n]![1])
  while (i + 2 < own.kerb.length && rest > lengthOf(i)) rest -= lengthOf(i++)
  const [a, b] = [own.kerb[i]!, own.kerb[i + 1]!]
  const [ux, uy] = [(b[0] - a[0]) / lengthOf(i), (b[1] - a[1]) / lengthOf(i)]
  const sign = own.side === 'left' ? 1 : -1
  const STEP = 0.004
  let [widest, run] = [0, 0]
  for (let o = own.furnishing_width_m + STEP / 2; o < own.footway_width_m; o += STEP) {
    const [x, y] = [a[0] + ux * rest - sign * uy * o, a[1] + uy * rest + sign * ux * o]
    run = obstacles.some((one) => holdsPoint(one, x, y)) ? 0 : run + STEP
    widest = Math.max(widest, run)
  }
  return widest
}

const widthAt = (profile: readonly WidthPiece[], station: number): number => {
  const piece = profile.find(
    (one) => one.to_m > one.from_m && one.from_m <= station && station <= one.to_m,
  )!
  const share = (station - piece.from_m) / (piece.to_m - piece.from_m)
  return piece.from_width_m + share * (piece.to_width_m - piece.from_width_m)
}

t.test(
  'equal to a dense sampling on 40 bent kerbs with turned, overlapping and L-shaped things',
  async (t) => {
    const random = randomSource(23)
    let worst = 0
    for (let round = 0; round < 40; round++) {
      const own: Footway = {
        kerb: [
          [0, 0],
          [30, random() * 8 - 4],
          [60, random() * 8 - 4],
        ],
        side: random() < 0.5 ? 'left' : 'right',
        footway_width_m: 3 + random() * 2,
        furnishing_width_m: random(),
      }
      const sign = own.side === 'left' ? 1 : -1
      const obstacles = Array.from({ length: 6 }, () => {
        const [x, y, turn] = [random() * 60, sign * random() * 5, random() * Math.PI]
        const [w, h] = [1 + random() * 8, 0.5 + random() * 2]
        const corner = (u: number, v: number): [number, number] => [
          x + u * Math.cos(turn) - v * Math.sin(turn),
          y + u * Math.sin(turn) + v * Math.cos(turn),
        ]
        return random() < 0.3
          ? shape(
              corner(0, 0),
              corner(w, 0),
              corner(w, h / 2),
              corner(w / 2, h / 2),
              corner(w / 2, h),
              corner(0, h),
            )
          : shape(corner(0, 0), corner(w, 0), corner(w, h), corner(0, h))
      })
      const profile = widthProfile(own, obstacles)
      for (let k = 0; k < 60; k++) {
        const station = random() * profile.at(-1)!.to_m
        worst = Math.max(
          worst,
          Math.abs(widthAt(profile, station) - sampled(own, obstacles, station)),
        )
      }
      const stations = profile.flatMap(({ from_m, to_m }) => [from_m, to_m])
      t.ok(
        stations.every((station, i) => i === 0 || station >= stations[i - 1]! - 1e-6),
        'in order',
      )
    }
    t.ok(worst < 0.012, `at most ${(worst * 1000).toFixed(1)} mm from samples 4 mm apart`)
  },
)

t.test(
  'hour by hour: an evening zone narrows from 18:30 to 22:00, on its days and dates',
  async (t) => {
    const line = (...points: [number, number][]): Geometry => ({
      type: 'LineString',
      coordinates: points.map(([x, y]) => toDegrees(frame, x, y)),
    })
    const features: SceneFeature[] = [
      {
        collection: 'street_segments',
        id: 's',
        geometry: line([0, -5], [100, -5]),
        properties: {
          sides: [
            {
              side: 'left',
              footway_width_m: 4,
              furnishing_width_m: 0.5,
              kerb_line: line([0, 0], [100, 0]),
            },
            { side: 'right', footway_width_m: 3 },
          ],
        },
      },
      {
        collection: 'vendor_zones',
        id: 'z',
        geometry: ring([10, 0], [30, 0], [30, 2.8], [10, 2.8]),
        properties: {
          status: 'approved',
          windows: [{ days: ['fr', 'sa'], from: '18:30', to: '22:00' }],
          first_date: '2026-09-19',
          last_date: null,
        },
      },
      {
        collection: 'vendor_zones',
        id: 'p',
        geometry: ring([40, 0], [50, 0], [50, 3.9], [40, 3.9]),
        properties: { status: 'proposed', windows: [{ days: ['fr'], from: '08:00', to: '20:00' }] },
      },
    ]
    const scene = buildScene(frame, null, features)
    const segment = scene.layers.get('street_segments')!.features[0]!
    const { footway: own, obstacles, missing } = walkingSide(scene, segment, 'left')
    t.same(missing, [])
    t.same(walkingSide(scene, segment, 'right').missing, ['kerb_line'])
    // The week of Monday 14 September: the zone begins on its Saturday.
    const week = walkingWeek(scene, own!, obstacles, '2026-09-14')
    t.same(
      week.map(({ from_minute, to_minute }) => [from_minute, to_minute]),
      [
        [0, 5 * 1440 + 18 * 60 + 30],
        [5 * 1440 + 18 * 60 + 30, 5 * 1440 + 22 * 60],
        [5 * 1440 + 22 * 60, 7 * 1440],
      ],
    )
    const hours = worstByHour(
      week,
      ({ least }) => Math.round(least!.width_m * 100) / 100,
      (a, b) => a < b,
    )
    t.equal(hours[4]![19], 3.5, 'not yet on Friday; what is only proposed narrows nothing')
    t.same(hours[5]!.slice(17, 23), [3.5, 1.2, 1.2, 1.2, 1.2, 3.5])
  },
)
