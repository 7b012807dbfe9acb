import { randomUUID } from 'node:crypto'
import t from 'tap'
import { asCommunities } from '../../api/db/tenant.ts'
import { storeObservations } from '../../api/features/observations/ingest.ts'
import { readPlaces } from '../../api/features/observations/place-source.ts'
import type {
  OccupancyAt,
  OccupancyRange,
  SurveyMetrics,
} from '../../api/features/occupancy/contract.ts'
import { testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const { id: communityId } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()

async function get<T>(url: string): Promise<T> {
  const reply = await app.inject({ url })
  if (reply.statusCode !== 200) throw new Error(`${reply.statusCode} ${reply.body}`)
  return reply.json<T>()
}
const occupancy = (query: string) => get<OccupancyAt>(`/api/occupancy?community=tongjian&${query}`)
const at = (local: string) => `at=${encodeURIComponent(`${local}+08:00`)}`
const placeOf = (answer: OccupancyAt, externalId: string) =>
  answer.places.find((place) => place.external_id === externalId)!

// A quiet day in October, after the sample's survey: what is planted here is all there is.
//   09:00  BAY-01 5 of 7 · BAY-02 9 (more than fit) · YARD-1 30 of 60
//   09:10  SEG of BAY-01, left side: 4 on the footway, 3 of them illegal
//   11:00  BAY-01 6 of 7
const count = (time: string, place: object, counted: number, more: object = {}) => ({
  id: randomUUID(),
  kind: 'count',
  method: 'visual',
  observed_at: `2026-10-05T${time}:00+08:00`,
  place,
  counted,
  ...more,
})
const bay = (external_id: string) => ({ collection: 'bays', external_id })
const segment = await asCommunities(engine.db, [communityId], (trx) =>
  trx
    .selectFrom('bay as b')
    .innerJoin('street_segment as s', (join) =>
      join.onRef('s.community_id', '=', 'b.community_id').onRef('s.id', '=', 'b.segment_id'),
    )
    .select(['s.id', 's.external_id'])
    .where('b.external_id', '=', 'BAY-01')
    .executeTakeFirstOrThrow(),
)
const planted = await storeObservations(
  engine,
  [
    count('09:00', bay('BAY-01'), 5),
    count('09:00', bay('BAY-02'), 9),
    count('09:00', { collection: 'lots', external_id: 'YARD-1' }, 30),
    count('09:10', { collection: 'street_segments', id: segment.id, side: 'left' }, 4, {
      illegal_count: 3,
    }),
    count('11:00', bay('BAY-01'), 6),
  ],
  {
    communityId,
    places: await readPlaces(engine, communityId),
    now: Date.parse('2026-11-20T12:00:00Z'),
    bbox: null,
  },
)
t.same(planted.refused, [], 'the planted rows are all stored')

t.test('bays at 09:30: 71.4 % half an hour old, 128.6 %, and September stale', async (t) => {
  const answer = await occupancy(`of=bays&${at('2026-10-05T09:30:00')}`)
  t.equal(answer.places.length, 40)
  t.match(placeOf(answer, 'BAY-01'), {
    capacity: 7,
    counted: 5,
    free: 2,
    occupancy_percent: 71.4,
    age_minutes: 30,
    state: 'fresh',
    observed_at: '2026-10-05T01:00:00.000Z',
  })
  t.match(placeOf(answer, 'BAY-02'), { counted: 9, free: 0, occupancy_percent: 128.6 })
  // The last sample count is of 20 September, 23:00: 14 days and 10.5 hours before.
  t.match(placeOf(answer, 'BAY-03'), { state: 'stale', age_minutes: 14 * 1440 + 630 })
  t.equal(answer.survey, null, 'two sources are no single survey')
})

t.test(
  'at 11:00 the new count holds, at 13:01 it is stale, with 180 minutes it is not',
  async (t) => {
    const one = async (query: string) => placeOf(await occupancy(`of=bays&${query}`), 'BAY-01')
    t.match(await one(at('2026-10-05T11:00:00')), { counted: 6, age_minutes: 0, state: 'fresh' })
    t.match(await one(at('2026-10-05T13:01:00')), { counted: 6, age_minutes: 121, state: 'stale' })
    t.match(await one(`${at('2026-10-05T13:01:00')}&stale_after_minutes=180`), { state: 'fresh' })
  },
)

t.test('a lot of 60 with 30 is half full; before the sample nothing is known', async (t) => {
  t.match(placeOf(await occupancy(`of=lots&${at('2026-10-05T09:30:00')}`), 'YARD-1'), {
    capacity: 60,
    occupancy_percent: 50,
    free: 30,
  })
  t.match(placeOf(await occupancy(`of=lots&${at('2026-09-01T00:00:00')}`), 'YARD-1'), {
    capacity: 60,
    counted: null,
    free: null,
    occupancy_percent: null,
    observed_at: null,
    age_minutes: null,
    state: 'no_data',
  })
})

t.test('the street of BAY-01 adds its bays and the 4 on its left side', async (t) => {
  const answer = await occupancy(`of=street_segments&${at('2026-10-05T09:30:00')}`)
  t.equal(answer.places.length, 16)
  const street = placeOf(answer, segment.external_id!)
  const onStreet = await asCommunities(engine.db, [communityId], (trx) =>
    trx
      .selectFrom('bay')
      .select(['external_id', 'capacity'])
      .where('segment_id', '=', segment.id)
      .execute(),
  )
  const read = onStreet.filter((b) => ['BAY-01', 'BAY-02'].includes(b.external_id!))
  const counted = read.reduce((sum, b) => sum + (b.external_id === 'BAY-01' ? 5 : 9), 4)
  t.match(street, {
    counted,
    illegal_count: 3,
    places_read: read.length,
    places_total: onStreet.length,
    capacity_read: 7 * read.length,
    state: 'fresh',
    occupancy_percent: Math.round((counted / (7 * read.length)) * 1000) / 10,
  })
  t.equal(
    street.capacity,
    onStreet.reduce((sum, b) => sum + b.capacity!, 0),
  )
})

t.test('grids take the bays and lots that lie in them, and say how many were read', async (t) => {
  const answer = await occupancy(`of=grids&${at('2026-10-05T09:30:00')}`)
  t.equal(answer.places.length, 6)
  const fresh = answer.places.filter((grid) => grid.state === 'fresh')
  t.equal(
    fresh.reduce((sum, grid) => sum + grid.counted!, 0),
    5 + 9 + 30,
  )
  t.equal(
    fresh.reduce((sum, grid) => sum + grid.places_read, 0),
    3,
  )
  t.ok(answer.places.every((grid) => grid.places_total >= grid.places_read))
})

t.test('the same day hour by hour: 5, 5, 6, 6, 6 and then nothing known', async (t) => {
  const query = 'from=2026-10-05T01:00:00Z&to=2026-10-05T06:00:00Z&interval=PT1H'
  const answer = await get<OccupancyRange>(`/api/occupancy?community=tongjian&of=bays&${query}`)
  t.equal(answer.steps.length, 6)
  t.equal(answer.interval_minutes, 60)
  const one = answer.places.find((place) => place.external_id === 'BAY-01')!
  t.same(one.counted, [5, 5, 6, 6, 6, null])
  t.same(one.occupancy_percent, [71.4, 71.4, 85.7, 85.7, 85.7, null])
  // BAY-02 was read at 09:00 only, and holds until 11:00.
  t.same(answer.total.counted, [14, 14, 15, 6, 6, null])
  t.same(answer.total.capacity, [14, 14, 14, 7, 7, null])
  t.same(answer.total.occupancy_percent, [100, 100, 107.1, 85.7, 85.7, null])
})

t.test('parameters that mean nothing are refused by name', async (t) => {
  const refused = async (query: string) => {
    const reply = await app.inject({ url: `/api/occupancy?community=tongjian&${query}` })
    return [reply.statusCode, reply.json<{ errors: { path: string }[] }>().errors[0]?.path]
  }
  t.same(await refused('at=yesterday'), [400, 'at'])
  t.same(await refused('of=trees'), [400, 'of'])
  t.same(await refused('from=2026-10-05T01:00:00Z'), [400, 'to'])
  t.same(await refused('from=2026-10-05T01:00:00Z&to=2026-10-04T01:00:00Z'), [400, 'to'])
  t.same(await refused('from=2026-01-01T00:00:00Z&to=2026-12-31T00:00:00Z&interval=PT5M'), [
    400,
    'interval',
  ])
  t.equal((await app.inject({ url: '/api/occupancy?community=nowhere' })).statusCode, 404)
})

t.test(
  'now, long after the survey week, every reading of the sample is stale with its age',
  async (t) => {
    const answer = await occupancy('of=bays')
    const three = placeOf(answer, 'BAY-03')
    t.equal(three.state, 'stale')
    t.ok(three.age_minutes! > 60 * 1440, 'two months and more')
  },
)

t.test(
  'the survey of September: seven days of nine rounds, metrics by hour and by place',
  async (t) => {
    const { surveys } = await get<{ surveys: { id: string; is_synthetic: boolean }[] }>(
      '/api/surveys?community=tongjian',
    )
    t.equal(surveys.length, 1)
    t.equal(surveys[0]!.is_synthetic, true)
    const url = `/api/surveys/${surveys[0]!.id}/metrics?community=tongjian`
    const metrics = await get<SurveyMetrics>(url)
    t.same(
      metrics.by_hour.map((hour) => hour.hour),
      [7, 9, 11, 13, 15, 17, 19, 21, 23],
    )
    // The same figures from the rows themselves, in SQL.
    const { rows } = await engine.pool.query<{ peak: number; over: number; counts: number }>(
      `select (select max(s) from (select sum(counted)::int as s from observation where survey_id = $1 group by observed_at) as t) as peak,
       count(*) filter (where counted > 0.85 * capacity)::int as over, count(*)::int as counts
     from observation as o
     join (select id, capacity from bay union all select id, capacity from lot) as p on p.id = o.place_id
     where survey_id = $1`,
      [surveys[0]!.id],
    )
    t.equal(metrics.counts, rows[0]!.counts)
    t.equal(metrics.peak?.counted, rows[0]!.peak)
    t.equal(metrics.over_target_percent, Math.round((rows[0]!.over / rows[0]!.counts) * 1000) / 10)
    const unknown = await app.inject({
      url: `/api/surveys/${randomUUID()}/metrics?community=tongjian`,
    })
    t.equal(unknown.statusCode, 404)
  },
)
