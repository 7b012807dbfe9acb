import t from 'tap'
import {
  DEMAND_WEIGHTS,
  demandOfSide,
  rankDemand,
  type SideFacts,
  wishesNear,
  withoutPlace,
} from '../../api/domain/statistics/demand.ts'

const NOTHING: SideFacts = {
  segment_id: 'a',
  side: 'left',
  readings: 0,
  readings_over_85: 0,
  readings_over_100: 0,
  peak_percent: null,
  outside_counted: 0,
  outside_readings: 0,
  findings: 0,
  passes: 0,
  households_without: 0,
  shops_without: 0,
}

t.test('the weights make 100 points', (t) => {
  t.equal(
    Object.values(DEMAND_WEIGHTS).reduce((sum, { points }) => sum + points, 0),
    100,
  )
  t.end()
})

t.test(
  'a side full in 6 of 8 hours, overfull in 2, with 5 vehicles outside, makes 22.5 + 5 + 10',
  (t) => {
    const { score, reasons } = demandOfSide({
      ...NOTHING,
      readings: 8,
      readings_over_85: 6,
      readings_over_100: 2,
      outside_counted: 40,
      outside_readings: 8,
    })
    t.equal(score, 37.5)
    t.match(reasons, [
      { code: 'full', figure: 0.75, points: 22.5, of: 8 },
      { code: 'overfull', figure: 0.25, points: 5 },
      { code: 'outside', figure: 5, points: 10 },
      { code: 'illegal', figure: null, points: 0, interval: null },
      { code: 'households', figure: 0, points: 0 },
      { code: 'shops', figure: 0, points: 0 },
    ])
    t.end()
  },
)

t.test('no reason weighs more than its points, however large its figure', (t) => {
  const most = demandOfSide({
    ...NOTHING,
    readings: 1,
    readings_over_85: 1,
    readings_over_100: 1,
    outside_counted: 900,
    outside_readings: 1,
    findings: 90,
    passes: 10,
    households_without: 9000,
    shops_without: 900,
  })
  t.equal(most.score, 100)
  t.end()
})

t.test(
  'the strongest side comes first, one without any demand not at all, equal ones by id',
  (t) => {
    const side = (segment_id: string, households_without: number) => ({
      ...NOTHING,
      segment_id,
      households_without,
    })
    t.same(
      rankDemand([side('b', 50), side('c', 0), side('a', 50), side('d', 100)]).map(
        ({ segment_id, score }) => [segment_id, score],
      ),
      [
        ['d', 5],
        ['a', 2.5],
        ['b', 2.5],
      ],
    )
    t.end()
  },
)

t.test(
  '300 m as the crow flies: at 300 m there is a place, at 301 none, nor across the corner',
  (t) => {
    const places = [{ x: 0, y: 0 }]
    const wishes = [
      { x: 300, y: 0, weight: 1 },
      { x: 301, y: 0, weight: 2 },
      { x: 250, y: 250, weight: 4 },
    ]
    t.same(
      withoutPlace(wishes, places).map(({ weight }) => weight),
      [2, 4],
    )
    t.equal(withoutPlace(wishes, []).length, 3)
    t.same(
      wishesNear(
        [
          { x: 0, y: 0 },
          { x: 301, y: 0 },
        ],
        wishes,
      ),
      [1, 7],
    )
    t.same(wishesNear([{ x: 0, y: 0 }], []), [0])
    t.end()
  },
)
