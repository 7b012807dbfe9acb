import t from 'tap'
import {
  type ObservedRow,
  readingAt,
  readingOfGroup,
} from '../../api/domain/statistics/readings.ts'

const NOON = Date.parse('2026-09-14T12:00:00+08:00')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const row = (minutes: number, more: Partial<ObservedRow> = {}): ObservedRow => ({
  observed_at: NOON + minutes * MINUTE,
  received_at: NOON + minutes * MINUTE,
  kind: 'count',
  method: 'visual',
  counted: 5,
  illegal_count: null,
  vehicle_class: null,
  ...more,
})
const seen = (minutes: number, more: Partial<ObservedRow> = {}) =>
  row(minutes, { kind: 'detection', counted: 1, ...more })

t.test('the reading at 12:59 is that of noon, not that of 13:00', async (t) => {
  const rows = [row(-120, { counted: 2 }), row(0), row(60, { counted: 7 })]
  t.equal(readingAt(rows, NOON + 59 * MINUTE)?.counted, 5)
  t.equal(readingAt(rows, NOON + 60 * MINUTE)?.counted, 7)
  t.equal(readingAt(rows, NOON - 3 * HOUR), null)
  t.equal(readingAt([], NOON), null)
})

t.test('3 bicycles and 2 e-bikes counted at one moment are 5, one of them illegal', async (t) => {
  const rows = [
    row(0, { counted: 3, vehicle_class: 'bicycle', illegal_count: 1 }),
    row(0, { counted: 2, vehicle_class: 'e_bike' }),
  ]
  t.same(readingAt(rows, NOON), { observed_at: NOON, counted: 5, illegal_count: 1 })
  const withTotal = [...rows, row(0, { counted: 6 })]
  t.equal(
    readingAt(withTotal, NOON)?.counted,
    6,
    'a count of all classes is not added to its parts',
  )
})

t.test('of two counts of one moment the one received last holds', async (t) => {
  const rows = [row(0, { counted: 4, received_at: NOON + 2 }), row(0, { counted: 9 })]
  t.equal(readingAt(rows, NOON)?.counted, 4)
})

t.test(
  'three bicycles seen on a walk of 14 minutes are 3, one seen an hour before is not there',
  async (t) => {
    const rows = [seen(-60), seen(0), seen(6), seen(14)]
    t.same(readingAt(rows, NOON + HOUR), {
      observed_at: NOON + 14 * MINUTE,
      counted: 3,
      illegal_count: null,
    })
  },
)

t.test("a camera's pictures are not added up: 2 in the last one", async (t) => {
  const camera = { method: 'camera' }
  const rows = [seen(0, camera), seen(0, camera), seen(0, camera), seen(5, camera), seen(5, camera)]
  t.equal(readingAt(rows, NOON + HOUR)?.counted, 2)
})

t.test('a count holds against single vehicles seen within 15 minutes, not after', async (t) => {
  t.equal(readingAt([row(0), seen(15)], NOON + HOUR)?.counted, 5)
  t.equal(readingAt([row(0), seen(16)], NOON + HOUR)?.counted, 1)
})

const reading = (counted: number, minutes: number) => ({
  observed_at: NOON + minutes * MINUTE,
  counted,
  illegal_count: null,
})

t.test('a street: 5 of 7 and 3 of 7 in bays, 4 on its side: 12 of 14, 2 free', async (t) => {
  const group = readingOfGroup(
    [
      { capacity: 7, is_side: false, reading: reading(5, 0) },
      { capacity: 7, is_side: false, reading: reading(3, -10) },
      { capacity: 7, is_side: false, reading: null },
      { capacity: null, is_side: true, reading: reading(4, 0) },
    ],
    NOON,
    2 * HOUR,
  )
  t.match(group, {
    capacity: 21,
    capacity_read: 14,
    counted: 12,
    occupancy_percent: 85.7,
    free: 2,
    observed_at: NOON - 10 * MINUTE,
    places_read: 2,
    places_total: 3,
  })
})

t.test('a bay of unknown capacity is counted, but neither divided nor free', async (t) => {
  const group = readingOfGroup(
    [
      { capacity: 10, is_side: false, reading: reading(5, 0) },
      { capacity: null, is_side: false, reading: reading(30, 0) },
    ],
    NOON,
    2 * HOUR,
  )
  t.match(group, { counted: 35, occupancy_percent: 50, free: 5, capacity_read: 10 })
})

t.test(
  'a bay forgotten for a month is left out where others were read today, and yesterday',
  async (t) => {
    const members = [
      { capacity: 10, is_side: false, reading: reading(5, -30) },
      { capacity: 10, is_side: false, reading: reading(10, -30 * 24 * 60) },
    ]
    t.match(readingOfGroup(members, NOON, 2 * HOUR), { counted: 5, places_read: 1 })
    t.match(readingOfGroup(members, NOON + 24 * HOUR, 2 * HOUR), {
      counted: 5,
      places_read: 1,
      observed_at: NOON - 30 * MINUTE,
    })
  },
)

t.test('nothing read is nothing known, and no places are no capacity', async (t) => {
  t.match(readingOfGroup([{ capacity: 7, is_side: false, reading: null }], NOON, HOUR), {
    capacity: 7,
    capacity_read: null,
    counted: null,
    occupancy_percent: null,
    observed_at: null,
  })
  t.match(readingOfGroup([], NOON, HOUR), { capacity: null, counted: null, places_total: 0 })
})
