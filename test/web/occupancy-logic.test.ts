import t from 'tap'
import { classOf, countByClass, totalsOf } from '../../web/src/occupancy/occupancy-class.ts'
import { kerbLines, kerbSides } from '../../web/src/occupancy/kerb-sides.ts'
import { placeRows, ranked } from '../../web/src/occupancy/place-rows.ts'
import { daysBetween, instantOfLocal, roundsOf } from '../../web/src/occupancy/survey-days.ts'

t.test(
  'classes break below 50, at 85 and at 100 percent; nothing known is a class of its own',
  (t) => {
    const classes = [0, 49.9, 50, 85, 85.1, 100, 100.1, null].map(classOf)
    t.same(classes, ['low', 'low', 'middling', 'middling', 'high', 'high', 'over', 'no_data'])
    t.end()
  },
)

const place = (changes: object) => ({
  id: 'a',
  external_id: null,
  name_zh: '一号',
  name_en: null,
  lon: 91.14,
  lat: 29.65,
  capacity: 10,
  places_total: 1,
  places_read: 1,
  capacity_read: 10,
  counted: 5,
  free: 5,
  occupancy_percent: 50,
  illegal_count: null,
  observed_at: '2026-09-16T11:00:00.000Z',
  age_minutes: 0,
  state: 'fresh' as const,
  ...changes,
})

t.test('9 of 10 and 5 of 20 make 14 of 30, 46.7 %; a place without data adds nothing', (t) => {
  const places = [
    place({ counted: 9, occupancy_percent: 90, illegal_count: 2 }),
    place({ counted: 5, occupancy_percent: 25, capacity: 20, capacity_read: 20 }),
    place({ counted: null, occupancy_percent: null, capacity_read: null }),
  ]
  const { occupancy_percent, counted, capacity_read, illegal_count, read, over_target } =
    totalsOf(places)
  t.same(
    { occupancy_percent, counted, capacity_read, illegal_count, read, over_target },
    {
      occupancy_percent: 46.7,
      counted: 14,
      capacity_read: 30,
      illegal_count: 2,
      read: 2,
      over_target: 1,
    },
  )
  t.same(countByClass(places), { low: 1, middling: 0, high: 1, over: 0, no_data: 1 })
  t.equal(totalsOf([]).occupancy_percent, null, 'nothing is not 0 %')
  t.end()
})

t.test('the fullest place stands first, then the one with more outside, no data last', (t) => {
  const rows = placeRows(
    {
      at: '2026-09-16T11:00:00.000Z',
      of: 'bays',
      stale_after_minutes: 120,
      survey: null,
      places: [
        place({ id: 'none', counted: null, occupancy_percent: null, state: 'no_data' }),
        place({ id: 'half' }),
        place({ id: 'full', occupancy_percent: 100 }),
        place({ id: 'overflowing', occupancy_percent: 100, illegal_count: 3 }),
        place({ id: 'no bays here', places_total: 0, counted: null, occupancy_percent: null }),
      ],
    },
    null,
    -1,
  )!
  t.same(
    ranked(rows, (row) => row.id).map((row) => row.id),
    ['overflowing', 'full', 'half', 'none'],
  )
  t.end()
})

t.test('until the answer is there the day tells the count; a gap in it is no data', (t) => {
  const range = {
    from: '2026-09-15T23:00:00.000Z',
    to: '2026-09-16T01:00:00.000Z',
    interval_minutes: 120,
    of: 'bays' as const,
    stale_after_minutes: 120,
    survey: null,
    steps: ['2026-09-15T23:00:00.000Z', '2026-09-16T01:00:00.000Z'],
    places: [
      {
        id: 'a',
        external_id: null,
        name_zh: null,
        name_en: null,
        lon: 91,
        lat: 29,
        capacity: 7,
        places_total: 1,
        counted: [7, null],
        occupancy_percent: [100, null],
      },
    ],
    total: { counted: [7, null], capacity: [7, null], occupancy_percent: [100, null] },
  }
  t.equal(placeRows(null, range, 0)![0]!.class, 'high')
  t.equal(placeRows(null, range, 1)![0]!.state, 'no_data')
  t.equal(placeRows(null, null, 0), null)
  t.end()
})

t.test('7:00 in Lhasa on 16 September is 23:00 UTC of the day before', (t) => {
  const at = instantOfLocal('2026-09-16', 7 * 60, 'Asia/Shanghai')
  t.equal(new Date(at).toISOString(), '2026-09-15T23:00:00.000Z')
  t.end()
})

t.test(
  'clocks that change keep their local hour: Berlin at noon, the days around 29 March 2026',
  (t) => {
    const noon = (date: string) =>
      new Date(instantOfLocal(date, 12 * 60, 'Europe/Berlin')).toISOString()
    t.equal(noon('2026-03-28'), '2026-03-28T11:00:00.000Z')
    t.equal(noon('2026-03-29'), '2026-03-29T10:00:00.000Z')
    t.end()
  },
)

t.test('a survey from 14 to 20 September on local clocks has seven days', (t) => {
  const from = Date.parse('2026-09-13T23:00:00Z')
  const to = Date.parse('2026-09-20T15:00:00Z')
  const days = daysBetween(from, to, 'Asia/Shanghai')
  t.equal(days.length, 7)
  t.equal(days[0], '2026-09-14')
  t.equal(days.at(-1), '2026-09-20')
  t.end()
})

t.test('rounds at 7, 9 … 23 are every two hours; without counts every hour of the day', (t) => {
  t.same(roundsOf([7, 9, 11, 13, 15, 17, 19, 21, 23]), {
    first_minute: 420,
    last_minute: 1380,
    interval_minutes: 120,
  })
  t.equal(roundsOf([8, 12, 18]).interval_minutes, 120, 'gaps of 4 and 6 hours share 2')
  t.same(roundsOf([]), { first_minute: 0, last_minute: 1380, interval_minutes: 60 })
  t.end()
})

t.test(
  'the left side of a street drawn eastwards is its north side, and its line runs east',
  (t) => {
    const kerb = (north: number, ...lons: number[]) => ({
      type: 'LineString',
      coordinates: lons.map((lon) => [lon, north]),
    })
    const segment = {
      type: 'Feature' as const,
      id: 'street',
      geometry: kerb(29.65, 91.14, 91.15),
      properties: {
        sides: [
          { id: 'l', side: 'left' as const, kerb_line: kerb(29.6501, 91.15, 91.14) },
          { id: 'r', side: 'right' as const, kerb_line: kerb(29.6499, 91.14, 91.15) },
          { id: 'bare', side: 'right' as const, kerb_line: null },
        ],
      },
    }
    const segments = [segment] as unknown as Parameters<typeof kerbSides>[0]
    const sides = kerbSides(segments)
    t.equal(sides.get('l')?.compass, 'north')
    t.equal(sides.get('r')?.compass, 'south')
    const lines = kerbLines(segments).features
    t.same(
      lines.map((line) => [line.properties!['id'], line.geometry.coordinates[0]![0]]),
      [
        ['l', 91.14],
        ['r', 91.14],
      ],
    )
    t.end()
  },
)
