import { readFileSync } from 'node:fs'
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import { metricFrame } from '../../api/domain/geometry/metric-frame.ts'
import { demandOf, householdsIn } from '../../api/domain/layout/demand.ts'
import type { SideName } from '../../api/domain/layout/kerb-side.ts'
import { layOutArea } from '../../api/domain/layout/lay-out-area.ts'
import { layOutSides, type LayoutWish } from '../../api/domain/layout/lay-out-sides.ts'
import type { RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, type Scene, type SceneFeature } from '../../api/domain/rules/scene.ts'
import type { Bench } from './bench.ts'
import { type City, idOf } from './city.ts'
import { atMost, type Figure, figure, median, timed } from './figures.ts'

const ROUNDS = 15
const COLLECTIONS = [
  'bays',
  'vendor_zones',
  'curb_objects',
  'buildings',
  'street_segments',
] as const
const TONGJIAN = new URL('../../geodata/tongjian/', import.meta.url)

/** Bays laid out by themselves: one side, all sides of the sample at once, a yard, and among 100,000 bays. */
export async function planning(bench: Bench): Promise<Figure[]> {
  const pack = JSON.parse(
    readFileSync(new URL('../rule-packs/cn-default.json', TONGJIAN), 'utf8'),
  ) as RulePack
  const { features, boundary } = sampleFeatures()
  const scene = buildScene(metricFrame(91.145, 29.653), boundary, features)
  const sides = sidesOf(features)
  const wish = (more: Partial<LayoutWish> = {}): LayoutWish => ({
    vehicle_class: 'bicycle',
    layout: null,
    rows: null,
    places_wanted: 60,
    unit_length_m: null,
    unit_width_m: null,
    longest_run_m: null,
    gap_m: null,
    demand: demandOf(householdsIn(scene)),
    ...more,
  })

  // Warm as a running service is.
  for (let i = 0; i < 3; i++) layOutSides(sides, wish(), scene, pack)
  const single = sides.map((): number[] => [])
  const together: number[] = []
  const cars: number[] = []
  const yards: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, side] of sides.entries())
      single[i]!.push(await timed(() => layOutSides([side], wish(), scene, pack)))
    together.push(await timed(() => layOutSides(sides, wish(), scene, pack)))
    cars.push(await timed(() => layOutSides(sides, wish({ vehicle_class: 'car' }), scene, pack)))
    yards.push(await timed(() => layOutArea(YARD, wish({ places_wanted: null }), scene, pack)))
  }
  const { alternatives } = layOutSides(sides, wish({ places_wanted: null }), scene, pack)
  bench.note(
    `${sides.length} sides: ${alternatives.map(({ goal, places }) => `${goal} ${places}`).join(', ')}`,
  )
  const city = cityScene(bench.city(), features)
  const among = sides.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, side] of sides.entries())
      among[i]!.push(await timed(() => layOutSides([side], wish(), city, pack)))
  /** Of the side that takes longest, what it usually takes: a loaded machine stretches single runs at random. */
  const slowest = (times: readonly number[][]) => Math.max(...times.map(median))
  return [
    figure('one street side, all ways of standing and goals', median(single.map(median)), 'ms'),
    figure('the same, the slowest side', slowest(single), 'ms', atMost(20)),
    figure(
      `all ${sides.length} sides of the sample in one call`,
      median(together),
      'ms',
      atMost(500),
    ),
    figure('the same for cars', median(cars), 'ms', atMost(500)),
    figure('the slowest side among 100,000 bays', slowest(among), 'ms', atMost(20)),
    figure('a yard of 60 × 40 m', median(yards), 'ms', atMost(500)),
  ]
}

const YARD: Geometry & { type: 'Polygon' } = {
  type: 'Polygon',
  coordinates: [
    [
      [91.1446, 29.6536],
      [91.14522, 29.6536],
      [91.14522, 29.65396],
      [91.1446, 29.65396],
      [91.1446, 29.6536],
    ],
  ],
}

function sampleFeatures(): { features: SceneFeature[]; boundary: Geometry } {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`${name}.geojson`, TONGJIAN), 'utf8')) as FeatureCollection
  const features = COLLECTIONS.flatMap((collection) =>
    read(collection).features.map(({ id, geometry, properties }, i): SceneFeature => ({
      collection,
      id: String(id ?? `${collection}-${i}`),
      geometry,
      properties: properties ?? {},
    })),
  )
  const community = read('community') as FeatureCollection | Feature
  const [only] = community.type === 'Feature' ? [community] : community.features
  return { features, boundary: only!.geometry }
}

const sidesOf = (features: readonly SceneFeature[]): SideName[] =>
  features
    .filter(({ collection }) => collection === 'street_segments')
    .flatMap(({ id, properties }) =>
      (properties['sides'] as { side: 'left' | 'right' }[]).map(({ side }) => ({
        segment_id: id,
        side,
      })),
    )

/** The sample in the middle of a city of 100,000 bays, in one scene. */
function cityScene(city: City, features: readonly SceneFeature[]): Scene {
  const [lon, lat] = [city.frame.lon0, city.frame.lat0]
  const bays = city.bays.map((ring, i): SceneFeature => ({
    collection: 'bays',
    id: idOf(1, i),
    geometry: {
      type: 'Polygon',
      coordinates: [ring.map((p) => [p[0] - lon + 91.145, p[1] - lat + 29.653])],
    },
    properties: { status: 'painted', vehicle_classes: ['car'] },
  }))
  return buildScene(metricFrame(91.145, 29.653), null, [...features, ...bays])
}
