import { readFileSync } from 'node:fs'
import type { LineString } from 'geojson'
import { toDegrees, toMetres } from '../../api/domain/geometry/metric-frame.ts'
import { applyChanges, type RuleChange } from '../../api/domain/rules/rule-change.ts'
import type { RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, type Scene, type SceneFeature } from '../../api/domain/rules/scene.ts'
import { whatIf } from '../../api/domain/rules/what-if.ts'
import type { Bench } from './bench.ts'
import { type City, idOf, randomSource } from './city.ts'
import { atMost, type Figure, figure, median, timed } from './figures.ts'

const ROUNDS = 5
const HALF_CARRIAGEWAY_M = 3

const PACK = JSON.parse(
  readFileSync(new URL('../../geodata/rule-packs/cn-default.json', import.meta.url), 'utf8'),
) as RulePack

/** What people turn: one value of one rule, for each kind of rule that looks around. */
const TURNED: readonly (readonly [name: string, changes: RuleChange[]])[] = [
  ['footway width 2.5 → 3.5 m', [{ rule_id: 'B1', levels: [{ severity: 'hard', required: 3.5 }] }]],
  ['clear walking width 1.5 → 2.0 m', [{ rule_id: 'B2', level: 0, required: 2 }]],
  ['distance from a hydrant 5 → 10 m', [{ rule_id: 'B7', level: 0, required: 10 }]],
  ['distance from a corner 15 → 30 m', [{ rule_id: 'B8', level: 0, required: 30 }]],
  ['smallest site 10 → 20 bikes', [{ rule_id: 'B12', level: 0, required: 20 }]],
]

/** What if a value were another, over 100,000 bays of 20,000 streets with their kerbs, hydrants and corners. */
export async function whatIfs(bench: Bench): Promise<Figure[]> {
  const scene = citySceneWithKerbs(bench.city())
  const figures: Figure[] = []
  for (const [name, changes] of TURNED) {
    const changed = applyChanges(PACK, changes)
    if (!changed.ok) throw new Error(JSON.stringify(changed.faults))
    const times: number[] = []
    for (let round = -1; round < ROUNDS; round++) {
      let fails = 0
      const time = await timed(() => {
        fails = whatIf(scene, PACK, changed.pack)[0]!.fails
      })
      if (round < 0) bench.note(`${name}: ${fails} of 100,000 bays would fail`)
      else times.push(time)
    }
    figures.push(figure(`what if, 100,000 bays: ${name}`, median(times), 'ms', atMost(1000)))
  }
  return figures
}

/** Every street gets a kerb 3 m from its middle on both sides and a footway of 2 to 6 m; hydrants and corners stand on it. */
export function citySceneWithKerbs(city: City): Scene {
  const random = randomSource(11)
  const streets = city.streets.map((line, i): SceneFeature => {
    const from = toMetres(city.frame, line[0]![0], line[0]![1])
    const to = toMetres(city.frame, line[1]![0], line[1]![1])
    const length = Math.hypot(to[0] - from[0], to[1] - from[1])
    const normal: Point = [-(to[1] - from[1]) / length, (to[0] - from[0]) / length]
    const kerb = (metres: number): LineString => ({
      type: 'LineString',
      coordinates: [from, to].map((p) =>
        toDegrees(city.frame, p[0] + normal[0] * metres, p[1] + normal[1] * metres),
      ),
    })
    return {
      collection: 'street_segments',
      id: `street ${i}`,
      geometry: { type: 'LineString', coordinates: line.map(([lon, lat]) => [lon, lat]) },
      properties: {
        class: i % 10 === 0 ? 'primary' : 'residential',
        carriageway_width_m: HALF_CARRIAGEWAY_M * 2,
        sides: (['left', 'right'] as const).map((side) => ({
          side,
          footway_width_m: 2 + Math.round(random() * 40) / 10,
          furnishing_width_m: 0.5,
          kerb_line: kerb(side === 'left' ? HALF_CARRIAGEWAY_M : -HALF_CARRIAGEWAY_M),
        })),
      },
    }
  })
  const bays = city.bays.map((ring, i): SceneFeature => ({
    collection: 'bays',
    id: idOf(1, i),
    geometry: { type: 'Polygon', coordinates: [ring.map(([lon, lat]) => [lon, lat])] },
    properties: {
      status: 'painted',
      vehicle_classes: ['bicycle'],
      capacity: 5 + Math.floor(random() * 30),
    },
  }))
  const objects = city.streets.flatMap((line, i): SceneFeature[] =>
    (['corner', 'fire_hydrant'] as const).map((kind, k) => {
      const share = k === 0 ? 0.04 : 0.2 + random() * 0.6
      const at = (axis: 0 | 1) => line[0]![axis] + (line[1]![axis] - line[0]![axis]) * share
      return {
        collection: 'curb_objects',
        id: `${kind} ${i}`,
        geometry: { type: 'Point', coordinates: [at(0), at(1)] },
        properties: { kind },
      }
    }),
  )
  return buildScene(city.frame, null, [...streets, ...bays, ...objects])
}

type Point = readonly [x: number, y: number]
