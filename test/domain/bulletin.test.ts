import t from 'tap'
import {
  bulletinFigures,
  bulletinLines,
  type DispatchedCase,
} from '../../api/domain/statistics/bulletin.ts'

const dispatched = (
  unit_id: string | null,
  grid_id: string | null,
  end: 'on time' | 'late' | 'open' | 'no limit',
  satisfaction: number | null = null,
): DispatchedCase => ({
  unit_id,
  grid_id,
  is_closed: end !== 'open',
  is_on_time: end === 'open' || end === 'no limit' ? null : end === 'on time',
  satisfaction,
})

// A month of 12 cases, counted by hand below.
const MONTH = [
  dispatched('roads', 'g1', 'on time', 5),
  dispatched('roads', 'g1', 'on time', 2),
  dispatched('roads', 'g1', 'late', 1),
  dispatched('roads', 'g2', 'open'),
  dispatched('police', 'g2', 'on time', 3),
  dispatched('police', 'g2', 'on time'),
  dispatched('police', 'g2', 'no limit', 4),
  dispatched('police', null, 'late', 2),
  dispatched('police', 'g1', 'open', 1),
  dispatched('lights', 'g3', 'open'),
  dispatched('lights', 'g3', 'open'),
  dispatched(null, 'g1', 'on time', 5),
]

t.test(
  'of 12 cases 6 are closed on time, 2 late and 4 open; 3 of the 8 closed displease',
  async (t) => {
    t.same(bulletinFigures(MONTH), {
      dispatched: 12,
      closed_on_time: 6,
      closed_late: 2,
      open: 4,
      closed_share: 8 / 12,
      on_time_share: 0.5,
      dissatisfied: 3,
      dissatisfied_share: 3 / 8,
    })
  },
)

t.test(
  'per unit, those without one last seen where they came; nothing closed has no share',
  async (t) => {
    const units = bulletinLines(MONTH, 'unit_id')
    t.same([...units.keys()], ['roads', 'police', 'lights', null])
    t.match(units.get('roads'), { dispatched: 4, closed_on_time: 2, closed_late: 1, open: 1 })
    t.match(units.get('roads'), { closed_share: 0.75, on_time_share: 0.5, dissatisfied: 2 })
    t.match(units.get('police'), { dispatched: 5, closed_on_time: 3, closed_late: 1, open: 1 })
    t.match(units.get('police'), { dissatisfied: 1, dissatisfied_share: 0.25 }, 'not the open one')
    t.match(units.get('lights'), { closed_share: 0, on_time_share: 0, dissatisfied_share: null })
    t.match(units.get(null), { dispatched: 1, closed_share: 1 })
  },
)

t.test('per grid the same 12 cases: 5, 4, 2 and 1 without a grid', async (t) => {
  const grids = bulletinLines(MONTH, 'grid_id')
  t.same(
    [...grids].map(([id, { dispatched: count }]) => [id, count]),
    [
      ['g1', 5],
      ['g2', 4],
      [null, 1],
      ['g3', 2],
    ],
  )
})

t.test('a month without cases has zeros and no shares', async (t) => {
  t.same(bulletinFigures([]), {
    dispatched: 0,
    closed_on_time: 0,
    closed_late: 0,
    open: 0,
    closed_share: null,
    on_time_share: null,
    dissatisfied: 0,
    dissatisfied_share: null,
  })
  t.equal(bulletinLines([], 'unit_id').size, 0)
})
