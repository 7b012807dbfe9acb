import { readFileSync } from 'node:fs'
import type { FeatureCollection, LineString } from 'geojson'
import t from 'tap'
import { metricFrame } from '../../../api/domain/geometry/metric-frame.ts'
import type { BayLayout } from '../../../api/domain/geometry/bay-capacity.ts'
import { planarShape } from '../../../api/domain/geometry/planar-shape.ts'
import { layOutSides } from '../../../api/domain/layout/lay-out-sides.ts'
import { buildScene } from '../../../api/domain/rules/scene.ts'
import { percentile } from '../../bench/figures.ts'
import { realFile } from '../../files/load.ts'
import { LEFT, line, pack, scene, street, wish } from './street.ts'

const FILE = 'berlin-neukoelln/parking_way.geojson'
const isThere = realFile(FILE) ? {} : { skip: `the real file ${FILE} is not beside the project` }

const shown = (share: number): string => `${(share * 100).toFixed(1)} %`

interface Line {
  orientation: string
  capacity: number | null
}

const LAYOUTS: Readonly<Record<string, BayLayout>> = {
  parallel: 'parallel',
  diagonal: 'angled',
  perpendicular: 'perpendicular',
}
/** Kerb per car on the lines themselves, their tenth percentile: 5.2, 3.1 and 2.5 m; a car of 4.4 m at 60°. */
const MEASURED = {
  parallel: { unit_length_m: 5.2, unit_width_m: 2 },
  diagonal: { unit_length_m: 4.4, unit_width_m: 3.1 * Math.sin(Math.PI / 3) },
  perpendicular: { unit_length_m: 4.8, unit_width_m: 2.5 },
} as const

/** What the layout alone says: no rule but the kerb's own shape. */
const noRules = { ...pack, rules: [] }
/** Short lines are one car more or less; from here on a share means something. */
const LEAST_CARS = 5

for (const [orientation, within] of [
  ['parallel', 0.25],
  ['diagonal', 0.25],
  ['perpendicular', 0.25],
] as const)
  t.test(
    `Berlin-Neukölln, ${orientation}: places along real kerbs as they were counted`,
    isThere,
    async (t) => {
      const { features } = JSON.parse(readFileSync(realFile(FILE)!, 'utf8')) as FeatureCollection<
        LineString,
        Line
      >
      const counted = features.filter(
        ({ geometry, properties: p }) =>
          geometry?.type === 'LineString' &&
          p.orientation === orientation &&
          (p.capacity ?? 0) >= LEAST_CARS,
      )
      t.ok(counted.length > 20, `${counted.length} lines`)
      for (const [name, unit] of [
        ['measured units', MEASURED[orientation]],
        ['units of the rules', { unit_length_m: null, unit_width_m: null }],
      ] as const) {
        const errors = counted.map(({ geometry, properties }) => {
          const [lon, lat] = geometry.coordinates[0] as [number, number]
          const at = buildScene(metricFrame(lon, lat), null, [
            street(geometry, {}, { carriageway_width_m: 40 }),
          ])
          const asked = wish({
            ...unit,
            vehicle_class: 'car',
            layout: LAYOUTS[orientation]!,
            longest_run_m: null,
            gap_m: null,
          })
          const { places } = layOutSides([LEFT], asked, at, noRules).alternatives[0]!
          return places / properties.capacity! - 1
        })
        const [p10, median, p90] = [0.1, 0.5, 0.9].map((share) => percentile(errors, share))
        t.comment(
          `${orientation}, ${name}, ${errors.length} lines: median ${shown(median!)}, p10 ${shown(p10!)}, p90 ${shown(p90!)}`,
        )
        if (name === 'measured units') {
          t.ok(Math.abs(median!) <= 0.06, `median ${shown(median!)}`)
          t.ok(p10! > -within && p90! < within, `p10 ${shown(p10!)}, p90 ${shown(p90!)}`)
        } else t.ok(median! <= 0.02, 'the rules give a car no less room than Berlin does')
      }
    },
  )

t.test(
  'as dense as real bike parking: 0.5 to 2.5 m² a bike, as on 314 polygons of Konstanz',
  async (t) => {
    const kerb = line([0, 0], [100, 0])
    for (const vehicle_class of ['bicycle', 'e_bike'] as const)
      for (const layout of ['perpendicular', 'angled', 'parallel'] as const)
        for (const rows of [1, 2]) {
          const at = scene(street(kerb, { footway_width_m: 9 }))
          const asked = wish({ vehicle_class, layout, rows })
          const { bays, places } = layOutSides([LEFT], asked, at, pack).alternatives[0]!
          t.ok(places > 0)
          const area = bays.reduce(
            (sum, bay) => sum + planarShape(at.frame, bay.geometry).area_m2,
            0,
          )
          t.ok(
            area / places >= 0.5 && area / places <= 2.5,
            `${vehicle_class} ${layout} ${rows}: ${(area / places).toFixed(2)} m² a bike`,
          )
        }
  },
)
