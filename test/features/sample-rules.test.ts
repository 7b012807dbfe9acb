import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Geometry } from 'geojson'
import t from 'tap'
import { bayCapacity } from '../../api/domain/geometry/bay-capacity.ts'
import { metricFrame } from '../../api/domain/geometry/metric-frame.ts'
import { orientedExtent } from '../../api/domain/geometry/oriented-extent.ts'
import { planarShape } from '../../api/domain/geometry/planar-shape.ts'
import { findConflicts } from '../../api/domain/rules/check.ts'
import type { RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, JUDGED_COLLECTIONS } from '../../api/domain/rules/scene.ts'

const GEODATA = path.resolve(import.meta.dirname, '../../geodata')

interface Feature {
  id: string
  geometry: Geometry
  properties: Record<string, unknown>
}

const read = <T>(file: string) => JSON.parse(readFileSync(path.join(GEODATA, file), 'utf8')) as T
const features = (name: string) =>
  read<{ features: Feature[] }>(`tongjian/${name}.geojson`).features

const frame = metricFrame(91.145, 29.655)
const all = JUDGED_COLLECTIONS.flatMap((collection) =>
  features(collection).map((feature) => ({ collection, ...feature })),
)
const names = new Map(all.map(({ id, properties }) => [id, properties['external_id']]))
const scene = buildScene(frame, features('community')[0]!.geometry, all)
const pack = read<RulePack>('rule-packs/cn-default.json')

/** Subject, other party and measured value (one decimal) of every finding but those of the rules in `except`. */
function findings(collection: 'bays' | 'vendor_zones', except: string[]) {
  const found = findConflicts(scene, pack, { collection, date: '2026-09-16' }).findings
  return found
    .filter(({ message_key }) => !except.includes(message_key))
    .map(({ subject, other, measured, severity }) =>
      [
        names.get(subject.id),
        other ? names.get(other.id) : null,
        measured === null ? null : Math.round(measured * 10) / 10,
        severity,
      ].join(' '),
    )
    .toSorted()
}

t.test(
  'under the default rules three of five zones have one hard finding each, the planted one',
  (t) => {
    // VZ-3 is 60 m by 3 m, all of it outside.
    t.same(findings('vendor_zones', []), [
      'VZ-3  180 hard',
      'VZ-4 BAY-03 10.8 hard',
      'VZ-5 FIRE-1 16 hard',
    ])
    t.end()
  },
)

t.test('beside small sites and narrow car places, four bays have a planted finding', (t) => {
  t.same(findings('bays', ['finding.smallest_site', 'finding.unit_size']), [
    'BAY-01 CORNER-8 13 hard',
    'BAY-29 MH-12 1 warning',
    'BAY-30 HYD-7 3 hard',
    'KERB-4 CORNER-8 15 warning',
  ])
  t.end()
})

t.test('the planted capacity of each of the 40 bays is what its size and unit give', (t) => {
  for (const { geometry, properties } of features('bays')) {
    const places = bayCapacity({
      ...(properties as Omit<Parameters<typeof bayCapacity>[0], 'vehicle_class'>),
      vehicle_class: (properties['vehicle_classes'] as ('bicycle' | 'car')[])[0]!,
      ...orientedExtent(planarShape(frame, geometry)),
    })
    t.equal(places, properties['capacity'], String(properties['external_id']))
  }
  t.end()
})
