import t from 'tap'
import { layOutSides } from '../../../api/domain/layout/lay-out-sides.ts'
import { checkDrafts } from '../../../api/domain/rules/check.ts'
import type { SceneFeature } from '../../../api/domain/rules/scene.ts'
import { box, feature, LEFT, line, object, pack, point, scene, street, wish } from './street.ts'

const kerb = line([0, 0], [100, 0])
const onStreet = (...more: SceneFeature[]) => scene(street(kerb), ...more)
const layOut = (at: ReturnType<typeof scene>, asked = wish()) =>
  layOutSides([LEFT], asked, at, pack)
const bikes = { vehicle_classes: ['bicycle'], status: 'painted' }

t.test('an empty kerb of 100 m holds 166 bikes of 0.6 m in one bay', async (t) => {
  const { alternatives, ruler, missing } = layOut(onStreet())
  const [most] = alternatives
  t.equal(most!.places, 166)
  t.equal(most!.bays.length, 1)
  t.match(most!.bays[0]!.properties, {
    vehicle_classes: ['bicycle'],
    layout: 'perpendicular',
    rows: 1,
    unit_length_m: 2,
    unit_width_m: 0.6,
    capacity: 166,
    status: 'draft',
    segment_id: 'street',
    side: 'left',
  })
  // 5 m of footway less 2 m of bay at the kerb.
  t.ok(Math.abs(most!.least_walking_width_m! - 3) < 0.35, `${most!.least_walking_width_m}`)
  t.equal(ruler[0]!.length_m, 100)
  t.same(
    ruler[0]!.spans.map(({ from_m, to_m, verdict }) => [from_m, to_m, verdict]),
    [[0, 100, 'free']],
  )
  t.same(missing, [])
})

t.test('a hydrant at the kerb takes 5 m either way: 75 and 74 bikes are left', async (t) => {
  // At 50.2 m, on the kerb itself: free from 0 to 45.2 and from 55.2 to 100; 45.2 / 0.6 = 75.3, 44.8 / 0.6 = 74.7.
  const { alternatives, ruler } = layOut(onStreet(object('fire_hydrant', point(50.2, 0))))
  t.same(
    alternatives[0]!.bays.map(({ properties }) => properties.capacity),
    [75, 74],
  )
  const [, refused] = ruler[0]!.spans
  t.match(refused, { verdict: 'refused', rule_id: 'B7', required: 5, unit: 'm' })
  t.ok(Math.abs(refused!.from_m - 45.2) <= 0.02 && Math.abs(refused!.to_m - 55.2) <= 0.02)
  t.match(refused!.other, { collection: 'curb_objects', kind: 'fire_hydrant' })
})

t.test(
  'distance is measured to the bay itself: a hydrant at the wall, 3 m behind it, takes 4 m',
  async (t) => {
    // The bay's far edge lies 2 m off the kerb, the hydrant 5 m: √(5² − 3²) = 4 m along the kerb.
    const { ruler } = layOut(onStreet(object('fire_hydrant', point(50, 5))), wish())
    const refused = ruler[0]!.spans.find(({ rule_id }) => rule_id === 'B7')!
    const reach = (refused.to_m - refused.from_m) / 2
    // The usual bay stands 0.3 m off the kerb: its far edge 2.3 m, √(5² − 2.7²) = 4.21; at the kerb itself 4.
    t.ok(reach > 3.95 && reach < 4.25, `${reach}`)
  },
)

t.test('what stands there is used: a bay at 40 to 46 m, and the rest is laid out', async (t) => {
  const { alternatives, ruler } = layOut(onStreet(feature('bays', box(40, 0.1, 6, 2), bikes)))
  const used = ruler[0]!.spans.find(({ verdict }) => verdict === 'used')!
  t.ok(Math.abs(used.from_m - 40) < 0.02 && Math.abs(used.to_m - 46) < 0.02)
  // 40 / 0.6 = 66.7 and 54 / 0.6 = 90, less the centimetre that stored corners are rounded by.
  t.same(
    alternatives[0]!.bays.map(({ properties }) => properties.capacity),
    [66, 89],
  )
  t.equal(
    layOut(onStreet(feature('bays', box(40, 0.1, 6, 2), { ...bikes, status: 'retired' })))
      .alternatives[0]!.places,
    166,
  )
})

t.test('a fire lane across the kerb is kept free to the centimetre', async (t) => {
  const { ruler } = layOut(onStreet(object('fire_lane', box(20, -2, 4, 12))))
  const lane = ruler[0]!.spans.find(({ rule_id }) => rule_id === 'B11a')!
  t.match(lane, { verdict: 'refused', unit: 'm2', required: 0 })
  t.ok(Math.abs(lane.from_m - 20) < 0.02 && Math.abs(lane.to_m - 24) < 0.02)
  // 4 m by 2 m of bay.
  t.ok(Math.abs(lane.measured! - 8) < 0.1, `${lane.measured}`)
})

t.test(
  'warned ground is used last: 20 wanted keep 15 m from the bus stop, all do not',
  async (t) => {
    const at = onStreet(object('bus_stop', line([0, -1], [10, -1])))
    const wanted = layOut(at, wish({ places_wanted: 20 })).alternatives[0]!
    t.match(wanted, { places: 20, warnings: 0 })
    const all = layOut(at).alternatives
    t.same(
      all.map(({ goal }) => goal),
      ['most_places', 'fewest_warnings'],
    )
    t.ok(all[0]!.warnings > 0 && all[0]!.places > all[1]!.places && all[1]!.warnings === 0)
  },
)

t.test(
  'a footway of 2.4 m is too narrow for any bay, and the ruler says so for all of it',
  async (t) => {
    const { alternatives, ruler, reasons } = layOut(scene(street(kerb, { footway_width_m: 2.4 })))
    t.equal(alternatives[0]!.places, 0)
    t.match(ruler[0]!.spans, [{ verdict: 'refused', rule_id: 'B1', measured: 2.4, required: 2.5 }])
    t.same(reasons, [
      { verdict: 'refused', rule_id: 'B1', message_key: 'finding.footway_width', metres: 100 },
    ])
  },
)

t.test('exactly 1.5 m of walking width left is enough: 3.5 m of footway, 2 m of bay', async (t) => {
  const { alternatives } = layOut(scene(street(kerb, { footway_width_m: 3.5 })))
  t.equal(alternatives[0]!.places, 166)
  t.equal(alternatives[0]!.least_walking_width_m, 1.5)
  const narrower = layOut(scene(street(kerb, { footway_width_m: 3.48 })))
  t.equal(narrower.alternatives[0]!.places, 0)
  t.match(narrower.ruler[0]!.spans, [{ rule_id: 'B2', required: 1.5 }])
})

t.test('left open, 3.48 m of footway still hold bikes along the kerb: 2 m each', async (t) => {
  const at = scene(street(kerb, { footway_width_m: 3.48 }))
  const { alternatives } = layOut(at, wish({ layout: null, rows: null }))
  t.match(alternatives[0]!.bays[0]!.properties, { layout: 'parallel' })
  t.equal(alternatives[0]!.places, 49)
})

t.test('the widest path gives up places: 0.6 m of bay instead of 2 m', async (t) => {
  const { alternatives } = layOut(onStreet(), wish({ layout: null, rows: null }))
  const [most, widest] = [alternatives[0]!, alternatives.find((a) => a.goal === 'widest_path')!]
  t.ok(widest.places < most.places)
  t.ok(widest.least_walking_width_m! > most.least_walking_width_m! + 1)
})

t.test('two gaps of nine bikes are no site: B12 asks for ten', async (t) => {
  const { alternatives, ruler } = layOut(
    scene(street(line([0, 0], [12, 0])), object('fire_lane', box(5.6, -2, 0.8, 12))),
  )
  t.equal(alternatives[0]!.places, 0)
  t.match(ruler[0]!.spans, [
    { verdict: 'refused', rule_id: 'B12', measured: 9, required: 10, unit: 'count' },
    { rule_id: 'B11a' },
    { rule_id: 'B12', measured: 9 },
  ])
})

t.test('rows of at most 15 m, 1.5 m apart: 100 m hold 151 bikes in seven rows', async (t) => {
  // Seven rows, six gaps: 7 × 0.015 + 6 × 1.5 = 9.105 m; 90.895 / 0.6 = 151.5. Six rows hold 6 × 24 = 144 at most.
  const { alternatives } = layOut(onStreet(), wish({ longest_run_m: null, gap_m: null }))
  t.same(
    alternatives[0]!.bays.map(({ properties }) => properties.capacity),
    [22, 22, 22, 22, 21, 21, 21],
  )
})

t.test(
  'cars stand on the carriageway: sixteen of 6 m along 100 m, none where it is 5.9 m wide',
  async (t) => {
    const cars = wish({ vehicle_class: 'car', layout: 'parallel' })
    t.equal(layOut(onStreet(), cars).alternatives[0]!.places, 16)
    const narrow = scene(street(kerb, {}, { carriageway_width_m: 5.9 }))
    const { alternatives, reasons } = layOut(narrow, cars)
    t.equal(alternatives[0]!.places, 0)
    t.equal(reasons[0]!.rule_id, 'C3')
  },
)

t.test('square to the kerb cars need 5.5 m behind them: not on 11 m, but on 11.5', async (t) => {
  const square = wish({ vehicle_class: 'car', layout: 'perpendicular' })
  const on = (carriageway_width_m: number) =>
    layOut(scene(street(kerb, {}, { carriageway_width_m })), square)
  t.match(on(11).ruler[0]!.spans, [
    { verdict: 'refused', message_key: 'finding.lane_left', measured: 5, required: 5.5 },
  ])
  t.equal(on(11.5).alternatives[0]!.places, 39, '99.985 m / 2.5')
})

t.test('what is unknown is said, and judges nothing', async (t) => {
  const { missing, alternatives } = layOut(
    scene(street(kerb, { footway_width_m: null, slope_percent: null })),
  )
  t.same(
    missing.map(({ what }) => what),
    ['footway_width_m', 'slope_percent'],
  )
  t.equal(alternatives[0]!.places, 166)
  t.equal(alternatives[0]!.least_walking_width_m, null)
  t.match(layOut(scene(street(null))), { missing: [{ what: 'kerb_line' }], ruler: [] })
  t.match(layOut(scene()), { missing: [{ what: 'street_segment' }], ruler: [] })
})

t.test(
  'around an inner corner bays do not overlap; around a bend they stand along its chords',
  async (t) => {
    const corner = scene(street(line([0, 0], [40, 0], [40, 40])))
    const { alternatives, ruler } = layOut(corner)
    t.same(
      checkDrafts(alternatives[0]!.bays, corner, pack).filter((f) => f.severity === 'hard'),
      [],
    )
    t.equal(alternatives[0]!.bays.length, 2)
    // The kerb turns left, so the footway lies in the inner corner: of each arm the bay's depth of 2 m is lost.
    const bend = ruler[0]!.spans.find(({ message_key }) => message_key === 'finding.bend')!
    t.ok(Math.abs(bend.to_m - bend.from_m - 2) < 0.02, `${bend.to_m - bend.from_m}`)

    const arc = Array.from({ length: 61 }, (_, i): [number, number] => {
      const angle = ((i - 30) * Math.PI) / 180
      return [60 * Math.sin(angle), 60 - 60 * Math.cos(angle)]
    })
    const curved = scene(street(line(...arc)))
    const around = layOut(curved)
    const { bays, places } = around.alternatives[0]!
    t.same(
      checkDrafts(bays, curved, pack).filter((f) => f.severity === 'hard'),
      [],
    )
    // 62.8 m of kerb in chords of about 7 m: each holds ten or eleven of 0.6 m less what the inner corners take.
    t.ok(places > 70 && places <= 104, `${places}`)
  },
)

t.test(
  'a judge who knows more has the last word: a kind of rule that no ruler foresees',
  async (t) => {
    const hours = pack.rules.find(({ id }) => id === 'V5')!
    const strict = {
      ...pack,
      rules: [...pack.rules, { ...hours, id: 'X1', subject: { collection: 'bays' as const } }],
    }
    const { alternatives, ruler } = layOutSides([LEFT], wish(), onStreet(), strict)
    t.equal(alternatives[0]!.places, 0)
    t.ok(ruler[0]!.spans.some(({ rule_id }) => rule_id === 'X1'))
  },
)
