import { readFileSync } from 'node:fs'
import type { Geometry, Polygon, Position } from 'geojson'
import t from 'tap'
import { metricFrame, toDegrees } from '../../api/domain/geometry/metric-frame.ts'
import { checkDrafts, findConflicts } from '../../api/domain/rules/check.ts'
import type { Finding } from '../../api/domain/rules/finding.ts'
import type { RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, type SceneFeature } from '../../api/domain/rules/scene.ts'

const pack = JSON.parse(
  readFileSync(new URL('../../geodata/rule-packs/cn-default.json', import.meta.url), 'utf8'),
) as RulePack
const frame = metricFrame(91.145, 29.653)
const at = (x: number, y: number): Position => toDegrees(frame, x, y)
const box = (x: number, y: number, w: number, h: number): Polygon => ({
  type: 'Polygon',
  coordinates: [[at(x, y), at(x + w, y), at(x + w, y + h), at(x, y + h), at(x, y)]],
})
const line = (...points: [number, number][]): Geometry => ({
  type: 'LineString',
  coordinates: points.map(([x, y]) => at(x, y)),
})
const point = (x: number, y: number): Geometry => ({ type: 'Point', coordinates: at(x, y) })
const feature = (
  collection: string,
  id: string,
  geometry: Geometry,
  properties: Record<string, unknown> = {},
): SceneFeature => ({ collection, id, geometry, properties })

const EVENINGS = [{ days: ['fr', 'sa', 'su'], from: '18:00', to: '22:00' }]
const bikes = { vehicle_classes: ['bicycle'], status: 'painted', capacity: 12 }
const zone = (id: string, geometry: Geometry, more = {}) =>
  feature('vendor_zones', id, geometry, { status: 'approved', windows: EVENINGS, ...more })
const scene = (...features: SceneFeature[]) =>
  buildScene(frame, box(-200, -200, 400, 400), features)
const of = (findings: readonly Finding[], rule: string) => findings.find((f) => f.rule_id === rule)
const rules = (findings: readonly Finding[]) => findings.map((f) => f.rule_id).sort()

t.test(
  'a stall zone that covers 1.8 × 6 m of a bay says 10.8 m² for its 12 hours a week',
  async (t) => {
    const { findings, checked } = findConflicts(
      scene(feature('bays', 'b', box(0, 0, 6, 1.8), bikes), zone('z', box(0, 0, 12, 4))),
      pack,
      { collection: 'vendor_zones' },
    )
    t.equal(checked, 1)
    t.same(rules(findings), ['V6'])
    const found = findings[0]!
    t.match(found, { severity: 'hard', measured: 10.8, required: 0, unit: 'm2', fix: null })
    t.match(found.other, { collection: 'bays', id: 'b' })
    t.same(found.when, { hours_per_week: 12, windows: EVENINGS })
    t.equal(found.where.type, 'Polygon')
  },
)

t.test('in space but not in time is no conflict; one shared hour is', async (t) => {
  const day = { ...bikes, windows: [{ days: ['fr'], from: '08:00', to: '18:00' }] }
  const late = { ...bikes, windows: [{ days: ['fr'], from: '08:00', to: '19:00' }] }
  const judge = (bay: object) =>
    findConflicts(
      scene(feature('bays', 'b', box(0, 0, 6, 2), { ...bay }), zone('z', box(0, 0, 6, 2))),
      pack,
      { collection: 'vendor_zones' },
    ).findings
  t.same(judge(day), [])
  t.same(judge(late)[0]!.when, {
    hours_per_week: 1,
    windows: [{ days: ['fr'], from: '18:00', to: '19:00' }],
  })
})

t.test('a zone outside the community tells by how much; half outside tells the half', async (t) => {
  const judge = (x: number) =>
    of(
      findConflicts(scene(zone('z', box(x, 0, 10, 4))), pack, { collection: 'vendor_zones' })
        .findings,
      'V0',
    )
  t.match(judge(300), { measured: 40, unit: 'm2', severity: 'hard' })
  t.match(judge(195), { measured: 20 })
  t.equal(judge(100), undefined)
})

t.test('two zones are reported once, and only while their dates meet', async (t) => {
  const twins = (dates: object) =>
    findConflicts(
      scene(
        zone('a', box(0, 0, 4, 4), { last_date: '2026-09-30' }),
        zone('b', box(2, 0, 4, 4), dates),
      ),
      pack,
      { collection: 'vendor_zones' },
    ).findings
  t.same(rules(twins({})), ['V7'])
  t.equal(twins({})[0]!.measured, 8)
  t.same(twins({ first_date: '2026-10-01' }), [])
})

t.test('open for the whole week is no set hours', async (t) => {
  const always = zone('z', box(0, 0, 4, 4), {
    windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'], from: '00:00', to: '24:00' }],
  })
  t.same(rules(findConflicts(scene(always), pack, { collection: 'vendor_zones' }).findings), ['V5'])
})

t.test('missing metres are drawn: 3 m from a hydrant where 5 are asked', async (t) => {
  const [found] = checkDrafts(
    [feature('bays', 'd', box(0, 0, 12, 1.5), { vehicle_classes: ['bicycle'], capacity: 20 })],
    scene(feature('curb_objects', 'h', point(15, 1), { kind: 'fire_hydrant', name_zh: '消火栓' })),
    pack,
  )
  t.match(found, {
    rule_id: 'B7',
    measured: 3,
    required: 5,
    unit: 'm',
    other: { kind: 'fire_hydrant' },
  })
  t.equal(found!.where.type, 'LineString')
  t.equal(found!.source.quoted, 'Guangzhou 5 m')
})

t.test(
  'two levels: 0.4 m from tactile paving is a warning, 0.1 m is hard, on it is hard',
  async (t) => {
    const judge = (gap: number) =>
      of(
        checkDrafts(
          [
            feature('bays', 'd', box(0, gap, 12, 1.5), {
              vehicle_classes: ['e_bike'],
              capacity: 15,
            }),
          ],
          scene(feature('curb_objects', 'p', box(-5, -0.6, 30, 0.6), { kind: 'tactile_paving' })),
          pack,
        ),
        'B3',
      )
    t.match(judge(0.4), { severity: 'warning', measured: 0.4, required: 0.5 })
    t.match(judge(0.1), { severity: 'hard', measured: 0.1, required: 0.25 })
    t.match(judge(-0.3), { severity: 'hard', measured: 0 })
    t.equal(judge(0.5), undefined)
  },
)

const street = (footway_width_m: number, more = {}) =>
  feature('street_segments', 's', line([0, 0], [100, 0]), {
    class: 'secondary',
    carriageway_width_m: 16,
    sides: [{ side: 'left', footway_width_m, kerb_line: line([0, 8], [100, 8]), ...more }],
  })
const kerbBay = { vehicle_classes: ['bicycle'], capacity: 20 }

t.test(
  'walking width left: 4 m of footway less 2.5 m up to the back of the bay is 1.5 m',
  async (t) => {
    const judge = (footway: number, rule: string) =>
      of(
        checkDrafts(
          [feature('bays', 'd', box(20, 8.5, 12, 2), kerbBay)],
          scene(street(footway)),
          pack,
        ),
        rule,
      )
    t.match(judge(4, 'B2'), { severity: 'warning', measured: 1.5, required: 2 })
    t.match(judge(3.4, 'B2'), { severity: 'hard', measured: 0.9, required: 1.5 })
    t.match(judge(3.4, 'B1'), { severity: 'warning', measured: 3.4, required: 3.5 })
    t.equal(judge(4.5, 'B2'), undefined)
  },
)

t.test('a bay at the wall may leave its walking room on the kerb side', async (t) => {
  const findings = checkDrafts(
    [feature('bays', 'd', box(20, 11, 12, 2), kerbBay)],
    scene(street(5, { furnishing_width_m: 1 })),
    pack,
  )
  t.equal(of(findings, 'B2'), undefined, '3 m less 1 m of furnishing is the 2 m asked for')
})

t.test('slope, site size and area per bike are measured', async (t) => {
  const findings = checkDrafts(
    [feature('bays', 'd', box(20, 8.5, 12, 2), { vehicle_classes: ['bicycle'], capacity: 8 })],
    scene(street(6, { slope_percent: 5 })),
    pack,
  )
  t.match(of(findings, 'B9'), { measured: 5, required: 4, unit: 'percent' })
  t.match(of(findings, 'B12'), { measured: 8, required: 10, severity: 'warning' })
  t.match(of(findings, 'B17'), { measured: 3, required: 2.5, unit: 'm2' })
})

t.test(
  'a car bay on a 5 m carriageway is refused, on the footway it is not a kerb bay',
  async (t) => {
    const narrow = feature('street_segments', 's', line([0, 0], [100, 0]), {
      class: 'alley',
      carriageway_width_m: 5,
      sides: [{ side: 'left', footway_width_m: 1, kerb_line: line([0, 2.5], [100, 2.5]) }],
    })
    const car = { vehicle_classes: ['car'], capacity: 2, layout: 'parallel' }
    const [found] = checkDrafts(
      [feature('bays', 'd', box(20, 0, 12, 2.5), car)],
      scene(narrow),
      pack,
    )
    t.match(found, { rule_id: 'C3', measured: 5, required: 6 })
  },
)

t.test(
  'a moved bay is not compared with where it stood; drafts are compared with each other',
  async (t) => {
    const stored = scene(feature('bays', 'b', box(0, 0, 12, 1.5), { ...bikes, capacity: 20 }))
    const draft = (id: string, x: number) =>
      feature('bays', id, box(x, 0, 12, 1.5), { vehicle_classes: ['bicycle'], capacity: 20 })
    t.same(checkDrafts([draft('b', 1)], stored, pack), [])
    t.same(rules(checkDrafts([draft('c', 1)], stored, pack)), ['K2'])
    t.same(rules(checkDrafts([draft('c', 30), draft('d', 35)], stored, pack)), ['K2', 'K2'])
  },
)

t.test(
  'what is painted does not answer for somebody’s draft; what is retired counts for nobody',
  async (t) => {
    const features = (status: string) => [
      feature('bays', 'b', box(0, 0, 6, 2), { ...bikes, status }),
      zone('z', box(0, 0, 6, 2)),
    ]
    const judge = (status: string) =>
      findConflicts(scene(...features(status)), pack, { collection: 'vendor_zones' }).findings
        .length
    t.equal(judge('painted'), 1)
    t.equal(judge('approved'), 1)
    t.equal(judge('draft'), 0)
    t.equal(judge('retired'), 0)
  },
)

t.test('an L-shaped zone over a fire lane gives the true shared area and shape', async (t) => {
  const l: Polygon = {
    type: 'Polygon',
    coordinates: [[at(0, 0), at(10, 0), at(10, 2), at(2, 2), at(2, 10), at(0, 10), at(0, 0)]],
  }
  const [found] = findConflicts(
    scene(zone('z', l), feature('curb_objects', 'f', box(1, 1, 4, 4), { kind: 'fire_lane' })),
    pack,
    { collection: 'vendor_zones' },
  ).findings
  t.match(found, { rule_id: 'V3b', measured: 7 }, '4 × 4 less the 3 × 3 of the notch')
})

t.test(
  'every rule has a source, its words in both languages, and a level or says that it is only stated',
  async (t) => {
    const ids = new Set(pack.rules.map((rule) => rule.id))
    t.equal(ids.size, pack.rules.length, 'ids are unique')
    for (const rule of pack.rules) {
      t.ok(rule.source.title && rule.title_zh && rule.title_en, rule.id)
      t.ok(rule.kind === 'stated' || rule.levels.length > 0, rule.id)
      t.match(rule.message_key, /^finding\.[a-z_]+$/)
    }
  },
)
