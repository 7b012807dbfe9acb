import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { metricFrame } from '../../api/domain/geometry/metric-frame.ts'
import { findConflicts } from '../../api/domain/rules/check.ts'
import { lintPack } from '../../api/domain/rules/lint.ts'
import { diffPacks } from '../../api/domain/rules/pack-diff.ts'
import { applyChanges, type RuleChange, sensibleRange } from '../../api/domain/rules/rule-change.ts'
import { resolvePack, type Rule, type RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, type SceneFeature } from '../../api/domain/rules/scene.ts'
import { whatIf } from '../../api/domain/rules/what-if.ts'
import { randomSource } from '../bench/city.ts'

const FOLDER = new URL('../../geodata/rule-packs/', import.meta.url)
const FILES = new Map(
  readdirSync(FOLDER).map((name) => {
    const pack = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as RulePack
    return [pack.id, pack]
  }),
)
const DEFAULT = FILES.get('cn-default')!
const CLASSES = ['primary', 'secondary', 'tertiary']

const rule = (id: string, given: Partial<Rule> = {}): Rule => ({
  id,
  kind: 'clearance',
  message_key: 'finding.clearance_hydrant',
  title_zh: id,
  title_en: id,
  subject: { collection: 'bays' },
  other: { collection: 'curb_objects', kinds: ['fire_hydrant'] },
  levels: [{ severity: 'hard', required: 5 }],
  unit: 'm',
  source: { title: 'A guide', url: null, quoted: '5 m' },
  evidence: 'page',
  ...given,
})
const packOf = (...rules: Rule[]): RulePack => ({ ...DEFAULT, id: 'own', rules })
const codes = (pack: RulePack, base = pack) =>
  lintPack(pack, base, CLASSES).map(({ code, rule_ids: ids }) => `${code} ${ids.join(' ')}`)

t.test('a city’s pack states its own values; the rest is taken over and marked', (t) => {
  const guangzhou = resolvePack(FILES.get('guangzhou')!, FILES)
  t.same(
    guangzhou.rules.map(({ id }) => id),
    DEFAULT.rules.map(({ id }) => id),
  )
  t.equal(guangzhou.rules.find(({ id }) => id === 'B1')!.from, undefined)
  t.equal(guangzhou.rules.find(({ id }) => id === 'V5')!.from, 'cn-default')
  t.throws(() => resolvePack({ ...DEFAULT, extends: 'nowhere' }, FILES))
  for (const pack of FILES.values())
    for (const one of resolvePack(pack, FILES).rules) {
      const { least, most } = sensibleRange(one)
      for (const { required } of one.levels)
        t.ok(required >= least && required <= most, `${pack.id} ${one.id}`)
    }
  t.end()
})

t.test('lint: what ships has no error', (t) => {
  for (const pack of FILES.values())
    t.same(
      lintPack(resolvePack(pack, FILES), DEFAULT, CLASSES).filter(({ level }) => level === 'error'),
      [],
      pack.id,
    )
  t.end()
})

t.test(
  'lint: two rules about the same at the same severity clash, unless they say the same',
  (t) => {
    const other = rule('B', { levels: [{ severity: 'hard', required: 6 }] })
    t.same(codes(packOf(rule('A'), other)), ['clash A B'])
    t.same(codes(packOf(rule('A'), rule('B'))), ['duplicate A B'])
    const warning = rule('B', { levels: [{ severity: 'warning', required: 6 }] })
    t.same(codes(packOf(rule('A'), warning)), [])
    const cars = { collection: 'bays', vehicle_classes: ['car'] } as const
    const bikes = { collection: 'bays', vehicle_classes: ['bicycle'] } as const
    t.same(
      codes(
        packOf(
          rule('A', { subject: { ...cars, vehicle_classes: ['car'] } }),
          rule('B', { ...other, id: 'B', subject: { ...bikes, vehicle_classes: ['bicycle'] } }),
        ),
      ),
      [],
      'of different vehicles they are different rules',
    )
    const kinds = { collection: 'curb_objects', kinds: ['fire_hydrant', 'corner'] }
    t.same(codes(packOf(rule('A'), { ...other, other: kinds })), ['clash A B'])
    t.end()
  },
)

t.test('lint: a level that asks no more than an earlier one is never reached', (t) => {
  const levels = (hard: number, warning: number): Rule['levels'] => [
    { severity: 'hard', required: hard },
    { severity: 'warning', required: warning },
  ]
  t.same(codes(packOf(rule('A', { levels: levels(2.5, 3.5) }))), [])
  t.same(codes(packOf(rule('A', { levels: levels(3.5, 3.5) }))), ['level_hidden A'])
  t.same(codes(packOf(rule('A', { levels: levels(4, 3.5) }))), ['level_hidden A'])
  const slope = { kind: 'slope', unit: 'percent' } as const
  const { other: _, ...alone } = rule('A', { ...slope, levels: levels(4, 3) })
  t.same(codes(packOf(alone)), [], 'of what is the most, a warning comes at less')
  t.same(codes(packOf({ ...alone, levels: levels(4, 5) })), ['level_hidden A'])
  t.end()
})

t.test('lint: gaps, missing sources, street classes, values out of range', (t) => {
  const wide = rule('A', {
    other: { collection: 'curb_objects', kinds: ['fire_hydrant', 'corner'] },
  })
  t.same(lintPack(packOf(rule('A')), packOf(wide), CLASSES), [
    { code: 'gap', level: 'warning', rule_ids: ['A'], detail: ['corner'] },
  ])
  const bikes = rule('A', { subject: { collection: 'bays', vehicle_classes: ['bicycle'] } })
  t.same(codes(packOf(bikes), packOf(rule('A'))), ['gap A'], 'cars are left out')
  t.same(codes(packOf(rule('A')), packOf(bikes)), [])
  const nameless = rule('A', { source: { title: ' ', url: null, quoted: null } })
  t.same(codes(packOf(nameless)), ['source_missing A'])
  const practice = rule('A', {
    source: { title: 'Practice', url: null, quoted: null },
    evidence: 'common',
  })
  t.same(codes(packOf(practice)), [])
  const classed = rule('A', {
    levels: [{ severity: 'hard', required: 5, by_class: { primary: 6 } }],
  })
  t.same(lintPack(packOf(classed), packOf(), CLASSES)[0]!.detail, ['secondary', 'tertiary'])
  const far = rule('A', { levels: [{ severity: 'hard', required: 500 }] })
  t.same(codes(packOf(far)), ['out_of_range A'])
  t.end()
})

t.test('a difference is told by what is judged and by what it is based on', (t) => {
  const changed = applyChanges(DEFAULT, [
    { rule_id: 'B1', level: 1, required: 4 },
    { rule_id: 'B7', evidence: 'primary' },
    { rule_id: 'K4', is_removed: true },
  ])
  if (!changed.ok) return t.fail(JSON.stringify(changed.faults))
  const told = diffPacks(DEFAULT, changed.pack).map((one) => [
    one.rule_id,
    one.is_judged_otherwise,
    one.is_sourced_otherwise,
  ])
  t.same(told, [
    ['B1', true, false],
    ['B7', false, true],
    ['K4', true, true],
  ])
  t.same(diffPacks(DEFAULT, DEFAULT), [])
  const { kind, id, ...rest } = DEFAULT.rules[0]!
  const turned: Rule = { ...rest, id, kind }
  t.same(
    diffPacks({ rules: [DEFAULT.rules[0]!] }, { rules: [turned] }),
    [],
    'the order in which members stand is no difference',
  )
  return t.end()
})

/** A street of 400 m with bays along it, hydrants and corners at random, from a seed. */
function randomScene(seed: number) {
  const random = randomSource(seed)
  const frame = metricFrame(91.13, 29.65)
  const at = (x: number, y: number) => [
    91.13 + x / frame.metres_per_lon,
    29.65 + y / frame.metres_per_lat,
  ]
  const features: SceneFeature[] = [
    {
      collection: 'street_segments',
      id: 'street',
      geometry: { type: 'LineString', coordinates: [at(0, 0), at(400, 0)] },
      properties: {
        class: random() < 0.5 ? 'primary' : 'alley',
        carriageway_width_m: 6,
        sides: [
          {
            side: 'left',
            footway_width_m: 2 + random() * 4,
            slope_percent: random() * 6,
            kerb_line: { type: 'LineString', coordinates: [at(0, 3), at(400, 3)] },
          },
        ],
      },
    },
  ]
  for (let i = 0; i < 20; i++) {
    const [x, y, length] = [random() * 390, 3 + random() * 2, 2 + random() * 10]
    const ring = [at(x, y), at(x + length, y), at(x + length, y + 2), at(x, y + 2), at(x, y)]
    features.push({
      collection: 'bays',
      id: `bay ${i}`,
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: {
        status: random() < 0.1 ? 'retired' : 'painted',
        vehicle_classes: random() < 0.8 ? ['bicycle'] : ['car'],
        capacity: Math.round(random() * 30),
      },
    })
    features.push({
      collection: 'curb_objects',
      id: `object ${i}`,
      geometry: { type: 'Point', coordinates: at(random() * 400, 2 + random() * 4) },
      properties: { kind: ['fire_hydrant', 'corner', 'manhole'][i % 3] },
    })
  }
  return buildScene(frame, null, features)
}

t.test('what if: the same as judging everything twice and comparing, for any change', (t) => {
  const VALUES: readonly (readonly [id: string, values: readonly number[]])[] = [
    ['B1', [1, 2.5, 4, 6]],
    ['B2', [1, 2, 3]],
    ['B7', [0, 5, 12, 40]],
    ['B8', [5, 15, 60]],
    ['B9', [1, 4, 8]],
    ['B10', [0, 3]],
    ['B12', [1, 10, 25]],
    ['K2', [0, 3]],
  ]
  let turned = 0
  for (let seed = 1; seed <= 40; seed++) {
    const scene = randomScene(seed)
    const random = randomSource(seed + 1000)
    const changes = VALUES.filter(() => random() < 0.5).map(([id, values]): RuleChange => {
      const required = values[Math.floor(random() * values.length)]!
      return { rule_id: id, level: 0, required }
    })
    if (random() < 0.5) changes.push({ rule_id: 'B8', is_removed: true })
    const changed = applyChanges(DEFAULT, changes)
    if (!changed.ok) return t.fail(JSON.stringify(changed.faults))
    const hardOf = (pack: RulePack) => {
      const { findings } = findConflicts(scene, pack, { collection: 'bays' })
      const pairs = findings
        .filter(({ severity }) => severity === 'hard')
        .flatMap(({ rule_id: id, subject, other }) => [
          `${id} ${subject.id}`,
          ...(other?.collection === 'bays' ? [`${id} ${other.id}`] : []),
        ])
      return new Set(pairs)
    }
    const [before, after] = [hardOf(DEFAULT), hardOf(changed.pack)]
    const effects = whatIf(scene, DEFAULT, changed.pack)
    const told = (holds: (o: { before: unknown; after: unknown }) => boolean) =>
      effects.flatMap((effect) =>
        effect.outcomes.filter(holds).map(({ id }) => `${effect.rule_id} ${id}`),
      )
    const fails = [...after].filter((pair) => !before.has(pair)).sort()
    const passes = [...before].filter((pair) => !after.has(pair)).sort()
    t.same(told((o) => o.after === 'hard').sort(), fails, `seed ${seed}: fails`)
    t.same(told((o) => o.before === 'hard').sort(), passes, `seed ${seed}: passes`)
    turned += fails.length + passes.length
  }
  t.ok(turned > 100, `${turned} verdicts turned`)
  return t.end()
})
