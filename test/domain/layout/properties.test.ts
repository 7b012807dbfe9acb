import fc from 'fast-check'
import type { LineString } from 'geojson'
import t from 'tap'
import { bayCapacity, type BayLayout } from '../../../api/domain/geometry/bay-capacity.ts'
import { orientedExtent } from '../../../api/domain/geometry/oriented-extent.ts'
import { placeFeature } from '../../../api/domain/rules/scene.ts'
import { layOutArea } from '../../../api/domain/layout/lay-out-area.ts'
import type { LaidBay } from '../../../api/domain/layout/laid-bay.ts'
import { layOutSides, type LayoutWish } from '../../../api/domain/layout/lay-out-sides.ts'
import { clearance } from '../../../api/domain/geometry/clearance.ts'
import { planarShape } from '../../../api/domain/geometry/planar-shape.ts'
import { unite } from '../../../api/domain/layout/spans.ts'
import { rectangleOn, stationsNear, stationsOutside } from '../../../api/domain/layout/strip.ts'
import { shapeOf } from '../../../api/domain/layout/refusals.ts'
import { checkDrafts } from '../../../api/domain/rules/check.ts'
import { standingPlace } from '../../../api/domain/rules/street-side.ts'
import {
  area,
  box,
  feature,
  frame,
  LEFT,
  line,
  object,
  pack,
  point,
  scene,
  street,
  wish,
} from './street.ts'

const metres = (min: number, max: number) =>
  fc.integer({ min: min * 100, max: max * 100 }).map((n) => n / 100)

/** A kerb that turns up to 40° between pieces of 8 to 50 m. */
const someKerb = fc
  .array(fc.tuple(metres(8, 50), fc.integer({ min: -40, max: 40 })), { minLength: 1, maxLength: 6 })
  .map((pieces): { line: LineString; points: [number, number][] } => {
    const points: [number, number][] = [[0, 0]]
    let angle = 0
    for (const [length, turn] of pieces) {
      const [x, y] = points.at(-1)!
      points.push([
        x + length * Math.cos((angle * Math.PI) / 180),
        y + length * Math.sin((angle * Math.PI) / 180),
      ])
      angle += turn
    }
    return { line: line(...points), points }
  })

const POINTS = ['fire_hydrant', 'corner', 'metro_entrance', 'manhole', 'school_gate'] as const
const AREAS = ['fire_lane', 'entrance', 'driveway', 'tactile_paving', 'crossing', 'ramp'] as const
const someThing = fc.oneof(
  fc
    .tuple(fc.constantFrom(...POINTS), metres(0, 120), metres(-8, 12))
    .map(([kind, x, y]) => object(kind, point(x, y))),
  fc
    .tuple(fc.constantFrom(...AREAS), metres(0, 120), metres(-6, 6), metres(1, 6), metres(1, 8))
    .map(([kind, x, y, w, h]) => object(kind, box(x, y, w, h))),
  fc
    .tuple(metres(0, 120), metres(-5, 4), metres(2, 20), metres(1, 3))
    .map(([x, y, w, h]) =>
      feature('bays', box(x, y, w, h), { vehicle_classes: ['bicycle'], status: 'painted' }),
    ),
  fc.tuple(metres(0, 120), metres(-5, 4), metres(2, 20)).map(([x, y, w]) =>
    feature('vendor_zones', box(x, y, w, 3), {
      status: 'approved',
      windows: [{ days: ['mo'], from: '08:00', to: '09:00' }],
    }),
  ),
  fc
    .tuple(metres(0, 120), metres(0, 12))
    .map(([x, y]) => object('bus_stop', line([x, y], [x + 12, y]))),
)
const someWidths = fc.record({
  footway_width_m: fc.option(metres(1, 8)),
  furnishing_width_m: fc.option(metres(0, 2.5)),
  slope_percent: fc.option(metres(0, 5)),
})
const someCarriageway = fc.option(metres(4, 24))
const someWish = fc
  .record({
    vehicle_class: fc.constantFrom('bicycle', 'e_bike', 'motorcycle', 'car'),
    layout: fc.option(fc.constantFrom<BayLayout>('parallel', 'perpendicular', 'angled')),
    rows: fc.option(fc.constantFrom(1, 2)),
    places_wanted: fc.option(fc.integer({ min: 1, max: 80 })),
    longest_run_m: fc.option(metres(5, 40)),
    gap_m: fc.option(metres(0, 3)),
  })
  .map((asked): LayoutWish =>
    wish({ ...(asked as Partial<LayoutWish>), demand: ([x, y]) => -Math.hypot(x - 40, y) }),
  )

const placesOf = (bay: LaidBay, at: ReturnType<typeof scene>): number => {
  const { shape } = placeFeature(frame, bay)
  const { properties } = bay
  const along = standingPlace(at, shape, properties)?.along
  return bayCapacity({
    vehicle_class: properties.vehicle_classes[0] as LayoutWish['vehicle_class'],
    layout: properties.layout as BayLayout,
    rows: properties.rows,
    unit_length_m: properties.unit_length_m,
    unit_width_m: properties.unit_width_m,
    ...orientedExtent(shape, along),
  })
}
const hardOf = (bays: readonly LaidBay[], at: ReturnType<typeof scene>) =>
  checkDrafts(bays, at, pack).filter(({ severity }) => severity === 'hard')

t.test('no layout breaks a rule it was given, whatever stands around', async (t) => {
  let bays = 0
  fc.assert(
    fc.property(
      someKerb,
      fc.array(someThing, { maxLength: 12 }),
      someWidths,
      someCarriageway,
      someWish,
      (kerb, things, widths, carriageway_width_m, asked) => {
        const at = scene(street(kerb.line, widths, { carriageway_width_m }), ...things)
        const { alternatives, ruler } = layOutSides([LEFT], asked, at, pack)
        for (const alternative of alternatives) {
          bays += alternative.bays.length
          const hard = hardOf(alternative.bays, at)
          if (hard.length > 0) throw new Error(JSON.stringify(hard[0]))
          const wanted = asked.places_wanted
          // The smallest site holds ten, so up to nine more than are wanted.
          if (wanted !== null && alternative.places > wanted + 9) throw new Error('too many')
        }
        let end = 0
        for (const { from_m, to_m } of ruler[0]!.spans) {
          if (Math.abs(from_m - end) > 0.03) throw new Error(`${from_m} after ${end}`)
          end = to_m
        }
        if (Math.abs(end - ruler[0]!.length_m) > 0.03) throw new Error(`ends at ${end}`)
      },
    ),
    { numRuns: 300 },
  )
  t.ok(bays > 300, `${bays} bays judged`)
})

t.test(
  'a laid bay counts as many places as it was laid out for, on a straight kerb at any angle',
  async () => {
    fc.assert(
      fc.property(
        metres(5, 90),
        fc.integer({ min: 0, max: 359 }),
        someWish,
        (length, degrees, asked) => {
          const angle = (degrees * Math.PI) / 180
          const end: [number, number] = [length * Math.cos(angle), length * Math.sin(angle)]
          const at = scene(street(line([0, 0], end), {}, { carriageway_width_m: 30 }))
          return layOutSides([LEFT], asked, at, pack).alternatives.every(({ bays }) =>
            bays.every((bay) => placesOf(bay, at) === bay.properties.capacity),
          )
        },
      ),
      { numRuns: 200 },
    )
  },
)

t.test(
  'stations near a shape are those whose cross-section is nearer than the distance',
  async () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(metres(-5, 45), metres(-8, 8)).map(([x, y]) => point(x, y)),
          fc
            .array(fc.tuple(metres(-5, 45), metres(-8, 8)), { minLength: 2, maxLength: 4 })
            .map((points) => line(...points)),
          fc
            .tuple(metres(-5, 40), metres(-8, 4), metres(0.5, 20), metres(0.5, 8))
            .map(([x, y, w, h]) => box(x, y, w, h)),
          fc
            .tuple(metres(0, 30), metres(-6, 6), metres(2, 10))
            .map(([x, y, r]) =>
              area([x, y], [x + r, y + 1], [x + r / 3, y + r / 3], [x + 1, y + r]),
            ),
        ),
        metres(0.01, 12),
        metres(-2, 1),
        metres(0.5, 4),
        (geometry, distance, near_m, depth) => {
          const strip = {
            origin: [0, 0],
            u: [1, 0],
            n: [0, 1],
            length_m: 40,
            near_m,
            far_m: near_m + depth,
          } as const
          const shape = planarShape(frame, geometry)
          const spans = stationsNear(strip, shape, distance)
          for (let station = 0.05; station < 40; station += 0.37) {
            const section = shapeOf(rectangleOn(strip, [station, station + 1e-6]))
            const gap = clearance(section, shape).distance_m
            const isNear = spans.some(([from, to]) => from < station && station < to)
            if (Math.abs(gap - distance) > 1e-4 && isNear !== gap < distance) return false
          }
          return true
        },
      ),
      { numRuns: 300 },
    )
  },
)

t.test('stations outside an area are those whose cross-section is not wholly inside', async (t) => {
  const strip = { origin: [0, 0], u: [1, 0], n: [0, 1], length_m: 40, near_m: 0, far_m: 2 } as const
  const round = (spans: readonly (readonly number[])[]) =>
    spans.map((span) => span.map((m) => Math.round(m * 100) / 100))
  t.same(round(stationsOutside(strip, planarShape(frame, box(5, -1, 20, 4)))), [
    [0, 5],
    [25, 40],
  ])
  // A slanting end: at the strip's top it comes 2 m sooner.
  const slanting = planarShape(frame, area([5, -1], [27, -1], [23, 3], [5, 3]))
  t.same(round(stationsOutside(strip, slanting)), [
    [0, 5],
    [24, 40],
  ])
  t.same(unite(stationsOutside(strip, planarShape(frame, box(0, 10, 5, 5)))), [[0, 40]])
})

t.test('a yard: no bay outside, none over another, none against a rule', async (t) => {
  let places = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(metres(20, 60), fc.integer({ min: 0, max: 40 })), {
        minLength: 4,
        maxLength: 7,
      }),
      fc.array(someThing, { maxLength: 6 }),
      someWish,
      (spokes, things, asked) => {
        const ring = spokes.map(([r, jitter], i): [number, number] => {
          const angle = ((i * 360) / spokes.length + jitter / 2) * (Math.PI / 180)
          return [40 + r * Math.cos(angle), r * Math.sin(angle)]
        })
        const yard = area(...ring)
        const at = scene(...things)
        const shape = planarShape(frame, yard)
        for (const { bays } of layOutArea(yard, asked, at, pack).alternatives) {
          places += bays.reduce((sum, { properties }) => sum + properties.capacity, 0)
          if (hardOf(bays, at).length > 0) return false
          for (const bay of bays) {
            const own = placeFeature(frame, bay).shape
            for (let i = 0; i < own.edges.length; i += 4) {
              const corner = shapeOf([[own.edges[i]!, own.edges[i + 1]!]])
              if (clearance(corner, shape).distance_m > 0.02) return false
            }
          }
        }
        return true
      },
    ),
    { numRuns: 20 },
  )
  t.ok(places > 200, `${places} places judged`)
})
