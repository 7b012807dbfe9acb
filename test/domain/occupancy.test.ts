import t from 'tap'
import { occupancyOf } from '../../api/domain/statistics/occupancy.ts'
import {
  accumulationAt,
  loadOf,
  meanDurationOf,
  metricsByHour,
  metricsByPlace,
  overTargetPercent,
  peakAccumulation,
  turnoverOf,
} from '../../api/domain/statistics/survey.ts'

const NOON = Date.parse('2026-09-14T12:00:00+08:00')
const MINUTE = 60_000
const HOUR = 3_600_000
const reading = { capacity: 7, counted: 5, observed_at: NOON, at: NOON, stale_after_minutes: 120 }

t.test('5 bicycles in a bay for 7 are 71.4 % and leave 2 places', async (t) => {
  t.same(occupancyOf({ ...reading, at: NOON + 90 * MINUTE }), {
    occupancy_percent: 71.4,
    free: 2,
    age_minutes: 90,
    state: 'fresh',
  })
})

t.test(
  'a reading 121 minutes old is stale where 120 are allowed, 120 minutes is fresh',
  async (t) => {
    t.equal(occupancyOf({ ...reading, at: NOON + 120 * MINUTE }).state, 'fresh')
    t.equal(occupancyOf({ ...reading, at: NOON + 121 * MINUTE }).state, 'stale')
  },
)

t.test('9 where 7 fit are 128.6 %, with 0 free, not −2', async (t) => {
  const occupancy = occupancyOf({ ...reading, counted: 9 })
  t.equal(occupancy.occupancy_percent, 128.6)
  t.equal(occupancy.free, 0)
})

t.test('a capacity of 0 or an unknown one gives no percentage, but an age', async (t) => {
  for (const capacity of [0, null])
    t.same(occupancyOf({ ...reading, capacity, at: NOON + HOUR }), {
      occupancy_percent: null,
      free: null,
      age_minutes: 60,
      state: 'no_capacity',
    })
})

t.test('no reading is no data, not 0 %', async (t) => {
  t.same(occupancyOf({ ...reading, counted: null, observed_at: null }), {
    occupancy_percent: null,
    free: null,
    age_minutes: null,
    state: 'no_data',
  })
})

t.test(
  'three stays of 30, 60 and 90 min in 2 spaces: turnover 1.5, mean 60 min, 2 at 00:45',
  async (t) => {
    const stays = [
      { from: NOON, to: NOON + 30 * MINUTE },
      { from: NOON, to: NOON + HOUR },
      { from: NOON + 30 * MINUTE, to: NOON + 2 * HOUR },
    ]
    t.equal(turnoverOf(stays, 2), 1.5)
    t.equal(turnoverOf(stays, 0), null)
    t.equal(meanDurationOf(stays), 60)
    t.equal(meanDurationOf([]), null)
    t.equal(accumulationAt(stays, NOON + 45 * MINUTE), 2)
    t.equal(accumulationAt(stays, NOON + 30 * MINUTE), 2, 'one left, one came')
  },
)

t.test(
  'counts 2, 6, 4 every two hours are a load of 18 vehicle-hours; the night is not counted',
  async (t) => {
    // (2+6)/2·2 h + (6+4)/2·2 h = 8 + 10
    const counts = [2, 6, 4].map((counted, i) => ({ observed_at: NOON + i * 2 * HOUR, counted }))
    t.same(loadOf(counts, 180), { load_vehicle_hours: 18, observed_hours: 4 })
    const nextDay = [...counts, { observed_at: NOON + 24 * HOUR, counted: 4 }]
    t.same(loadOf(nextDay, 180), { load_vehicle_hours: 18, observed_hours: 4 })
  },
)

// Two places counted at 12, 14 and 16 h: A (capacity 10) 5, 9, 10; B (capacity unknown) 1, 2, 0.
const COUNTS = [
  [5, 1],
  [9, 2],
  [10, 0],
].flatMap(([a, b], i) => [
  { place_id: 'a', capacity: 10, observed_at: NOON + i * 2 * HOUR, counted: a! },
  { place_id: 'b', capacity: null, observed_at: NOON + i * 2 * HOUR, counted: b! },
])

t.test(
  'place A: peak 10 at 16 h, mean 80 %, 66.7 % of counts above 85 %, index 82.5 %',
  async (t) => {
    const [a, b] = metricsByPlace(COUNTS, 180)
    t.same(a, {
      place_id: 'a',
      capacity: 10,
      counts: 3,
      peak_counted: 10,
      peak_at: NOON + 4 * HOUR,
      mean_counted: 8,
      mean_percent: 80,
      over_target_percent: 66.7,
      // (7·2 + 9.5·2) vehicle-hours of 10 · 4 space-hours = 33 / 40
      parking_index_percent: 82.5,
    })
    t.match(b, {
      mean_counted: 1,
      mean_percent: null,
      parking_index_percent: null,
      peak_counted: 2,
    })
  },
)

t.test('the whole: peak 11 at 14 h, hours 12, 14 and 16 with 50, 90 and 100 %', async (t) => {
  t.same(peakAccumulation(COUNTS), { at: NOON + 2 * HOUR, counted: 11, capacity: 10 })
  t.equal(peakAccumulation([]), null)
  const hourOf = (at: number) => new Date(at + 8 * HOUR).getUTCHours()
  t.same(
    metricsByHour(COUNTS, hourOf).map((hour) => [hour.hour, hour.counts, hour.mean_percent]),
    [
      [12, 2, 50],
      [14, 2, 90],
      [16, 2, 100],
    ],
  )
  t.equal(overTargetPercent(COUNTS), 66.7)
  t.equal(overTargetPercent([{ counted: 3, capacity: 0 }]), null)
  t.equal(overTargetPercent([{ counted: 85, capacity: 100 }]), 0, '85 % is the target, not above')
})
