import { readFileSync } from 'node:fs'
import type { Polygon } from 'geojson'
import t from 'tap'
import { kerbLine } from '../../api/domain/geometry/kerb-line.ts'
import { metricFrame, toMetres } from '../../api/domain/geometry/metric-frame.ts'
import type { Point } from '../../api/domain/geometry/ring-edits.ts'
import { unitSizeFor } from '../../api/domain/layout/standing.ts'
import type { RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, type SceneFeature } from '../../api/domain/rules/scene.ts'
import {
  type BayContent,
  measureBay,
  newProperties,
  polygonOf,
} from '../../web/src/plan/bay-draft.ts'
import { alongKerb, firstPlacement, withStanding } from '../../web/src/plan/edits.ts'
import { newHistory, record, redo, undo } from '../../web/src/plan/history.ts'
import { featureOf, judgeBay } from '../../web/src/plan/judging.ts'
import { drawAlong } from '../../web/src/plan/kerb-drawing.ts'
import { type Kerb, kerbOf, nearestKerb } from '../../web/src/plan/kerbs.ts'
import { snapTargets } from '../../web/src/plan/snapping.ts'

const pack = JSON.parse(
  readFileSync(new URL('../../geodata/rule-packs/cn-default.json', import.meta.url), 'utf8'),
) as RulePack
const frame = metricFrame(91.145, 29.655)

/** A kerb drawn eastwards, 100 m; its footway lies to the north, with a strip of 2.1 m for furniture. */
const kerb: Kerb = {
  key: 's/left',
  segment_id: 's',
  side: 'left',
  name_zh: null,
  name_en: null,
  footway_width_m: 4.5,
  furnishing_width_m: 2.1,
  line: kerbLine([
    [0, 0],
    [100, 0],
  ]),
}
const blank = (vehicle: 'bicycle' | 'car'): BayContent => ({
  shape: { kind: 'ring', ring: [] },
  properties: newProperties(vehicle, pack),
  ownCapacity: null,
})
const ringOf = (content: BayContent) =>
  content.shape.kind === 'ring'
    ? content.shape.ring.map((p) => p.map((m) => Math.round(m * 100) / 100 + 0))
    : null

t.test('steps go back and forth; a new one ends what could be redone', async (t) => {
  let history = newHistory('a')
  history = record(history, 'b', null, 0)
  history = record(history, 'c', null, 10)
  t.equal(undo(history).present, 'b')
  t.equal(undo(undo(undo(history))).present, 'a')
  t.equal(redo(undo(history)).present, 'c')
  t.same(record(undo(history), 'd', null, 20).future, [])
})

t.test('presses of one key within a second are one step, later ones another', async (t) => {
  let history = newHistory(0)
  for (const at of [0, 300, 600]) history = record(history, at + 1, 'nudge', at)
  t.equal(undo(history).present, 0)
  history = record(history, 2000, 'nudge', 1700)
  t.equal(undo(history).present, 601)
  t.equal(record(history, 1, 'turn', 1800).past.length, 3)
})

t.test('a new bike bay holds 10 by 0.6 m, 2 m deep, inside the strip of 2.1 m', async (t) => {
  const bay = alongKerb(
    blank('bicycle'),
    kerb,
    firstPlacement(kerb, newProperties('bicycle', pack), 20),
  )
  t.same(ringOf(bay), [
    [20, 0.1],
    [26, 0.1],
    [26, 2.1],
    [20, 2.1],
  ])
  t.match(measureBay(frame, bay, [1, 0]), { places: 10 })
  t.match(bay.properties, { segment_id: 's', side: 'left' })
})

t.test('a car stands on the carriageway: one unit of 6 × 2.5 m at the kerb', async (t) => {
  const bay = alongKerb(blank('car'), kerb, firstPlacement(kerb, newProperties('car', pack), 0))
  t.same(ringOf(bay), [
    [0, 0],
    [6, 0],
    [6, -2.5],
    [0, -2.5],
  ])
  t.equal(measureBay(frame, bay, [1, 0]).places, 1)
})

t.test(
  'one car across the kerb is counted along the kerb, though it is deeper than long',
  async (t) => {
    const across = { ...newProperties('car', pack), layout: 'perpendicular' as const }
    const bay = alongKerb({ ...blank('car'), properties: across }, kerb, {
      from_m: 10,
      to_m: 12.5,
      offset_m: 0,
      depth_m: 6,
      side: 'right',
    })
    t.match(measureBay(frame, bay, [1, 0]), { places: 1 })
  },
)

t.test('a second row makes the bay twice as deep and twice as full', async (t) => {
  const bay = alongKerb(
    blank('bicycle'),
    kerb,
    firstPlacement(kerb, newProperties('bicycle', pack), 0),
  )
  const double = withStanding(bay, { rows: 2 }, pack, kerb)
  t.same(ringOf(double)![2], [6, 4.1])
  t.equal(measureBay(frame, double, [1, 0]).places, 20)
  t.same(ringOf(bay)![2], [6, 2.1], 'the first one is as it was')
})

t.test('a pack that asks for longer units gives longer units', async (t) => {
  const stricter = structuredClone(pack)
  const rule = stricter.rules.find(({ id }) => id === 'B15a')!
  rule.levels[0]!.required = 2.2
  t.same(unitSizeFor('bicycle', 'perpendicular', stricter), { length_m: 2.2, width_m: 0.6 })
  t.same(unitSizeFor('bicycle', 'perpendicular', null), { length_m: 2, width_m: 0.6 })
})

//   kerb ──[20, 26 neighbour]───────────
const neighbour: SceneFeature = {
  collection: 'bays',
  id: 'n',
  geometry: polygonOf(frame, [
    [20, 0.1],
    [26, 0.1],
    [26, 2.1],
    [20, 2.1],
  ]),
  properties: { vehicle_classes: ['bicycle'], status: 'painted', capacity: 10 },
}

t.test('a drag that ends 0.4 m before a neighbour ends at it, 2 cm of paint between', async (t) => {
  const scene = buildScene(frame, null, [neighbour])
  const near: Point[] = [
    [10, 0.1],
    [19.6, 2.1],
  ]
  const targets = snapTargets(scene, [kerb], near, 0.5, 'own')
  const draw = (to_m: number) =>
    drawAlong(kerb, newProperties('bicycle', pack), { from_m: 10, to_m }, targets, 0.5).placement
  t.equal(draw(19.6).to_m.toFixed(2), '19.98')
  t.equal(draw(19.2).to_m, 19.2)
  t.equal(draw(10.2).to_m, 16, 'no more than a click: 10 places of 0.6 m')
  t.same(snapTargets(scene, [], near, 0.5, 'n'), [], 'never to itself')
})

t.test(
  'what is stored is what is judged: beside the neighbour nothing, into it 1 m is 2 m²',
  async (t) => {
    const scene = buildScene(frame, null, [neighbour])
    const judge = (from_m: number) => {
      const bay = alongKerb(blank('bicycle'), kerb, {
        from_m,
        to_m: from_m + 6,
        offset_m: 0.1,
        depth_m: 2,
        side: 'left',
      })
      const feature = featureOf(
        frame,
        { id: 'd', status: 'draft' },
        bay,
        measureBay(frame, bay, [1, 0]),
      )
      return judgeBay(feature, scene, pack)
    }
    t.same(judge(26.02), [])
    const [overlap] = judge(25)
    t.match(overlap, { rule_id: 'K2', severity: 'hard' })
    t.ok(Math.abs(overlap!.measured! - 2) < 0.05, 'to the rounding of stored positions')
  },
)

t.test('positions are stored with seven decimals, closed and counter-clockwise', async (t) => {
  const clockwise: Point[] = [
    [0, 0],
    [0, 2],
    [6, 2],
    [6, 0],
  ]
  const { coordinates } = polygonOf(frame, clockwise) satisfies Polygon
  const ring = coordinates[0]!
  t.equal(ring.length, 5)
  t.same(ring[0], ring[4])
  t.ok(ring.flat().every((degrees) => Math.abs(degrees * 1e7 - Math.round(degrees * 1e7)) < 1e-4))
  const metres = ring.map((p) => toMetres(frame, p[0]!, p[1]!))
  let twice = 0
  for (let i = 0; i < 4; i++)
    twice += metres[i]![0] * metres[i + 1]![1] - metres[i + 1]![0] * metres[i]![1]
  t.ok(twice > 0)
})

t.test(
  'a press takes the nearest kerb in reach; a shape belongs to the kerb that it lies along',
  async (t) => {
    const crossing: Kerb = {
      ...kerb,
      key: 'x/left',
      line: kerbLine([
        [30, -50],
        [30, 50],
      ]),
    }
    t.equal(nearestKerb([kerb, crossing], [10, 3], 8)?.kerb.key, 's/left')
    t.equal(nearestKerb([kerb, crossing], [10, 9], 8), null)
    const beside: Point[] = [
      [30.5, 3],
      [32.5, 3],
      [32.5, 9],
      [30.5, 9],
    ]
    t.equal(kerbOf([kerb, crossing], beside, {})?.key, 'x/left')
    t.equal(
      kerbOf(
        [kerb],
        [
          [0, 20],
          [6, 20],
          [6, 22],
        ],
        {},
      ),
      null,
      'too far from any',
    )
  },
)
