import { sql } from 'kysely'
import t from 'tap'
import { asCommunityInBulk } from '../../api/db/bulk.ts'
import type { BulkRow } from '../../api/db/bulk-rows.ts'
import { newIds } from '../../api/features/observations/new-ids.ts'
import { testDatabase } from '../fixtures/database.ts'

/** Loading many rows: what comes out of the table is what went in, whichever form the rows travelled in. */

const COMMUNITY = '0190a000-0000-7000-8000-00000000beef'
const COLUMNS = {
  id: 'uuid',
  said: 'text',
  at: 'timestamptz',
  n: 'int4',
  big: 'int8',
  is_so: 'bool',
  single: 'float4',
  exact: 'float8',
}

const engine = await testDatabase(t)
await sql`
  create table probe (community_id uuid, id uuid, said text, at timestamptz, n int4, big int8, is_so bool,
    single float4, exact float8)`.execute(engine.db)
await sql`grant insert on probe to jiexu_app`.execute(engine.db)

async function roundTrip(rows: readonly BulkRow[]) {
  await sql`truncate probe`.execute(engine.db)
  await asCommunityInBulk(engine, COMMUNITY, (bulk) =>
    bulk.insert('probe' as 'observation', COLUMNS, rows),
  )
  const read = await sql<Record<string, unknown>>`
    select community_id, id, said, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as at, n, big, is_so,
      single, exact from probe order by n`.execute(engine.db)
  return read.rows
}

const ID = '0190A000-0000-7000-8000-0123456789ab'
const row = (n: number, said: string | null, at: string | Date | null): BulkRow => [
  ID,
  said,
  at,
  n,
  -9_007_199_254_740_991,
  n % 2 === 0,
  0.1,
  104.123456789,
]

t.test('each type, nulls, long and Chinese texts, instants to the microsecond', async (t) => {
  const long = '街序\t\\N\n"'.repeat(5_000)
  const rows = await roundTrip([
    row(-2_147_483_648, '', '2026-05-01T18:30:00.123456+08:00'),
    row(-1, '路边', '1969-12-31T23:59:59.000001Z'),
    row(0, long, new Date('2026-02-28T00:00:00.5Z')),
    [null, null, null, 1, null, null, null, null],
    row(2_147_483_647, 'twenty-one characters', '2199-01-01T00:00:00-05:30'),
  ])
  const whole = {
    community_id: COMMUNITY,
    id: ID.toLowerCase(),
    big: -9_007_199_254_740_991,
    single: 0.1,
    exact: 104.123456789,
  }
  t.same(rows, [
    { ...whole, n: -2_147_483_648, said: '', at: '2026-05-01 10:30:00.123456', is_so: true },
    { ...whole, n: -1, said: '路边', at: '1969-12-31 23:59:59.000001', is_so: false },
    { ...whole, n: 0, said: long, at: '2026-02-28 00:00:00.500000', is_so: true },
    {
      community_id: COMMUNITY,
      id: null,
      said: null,
      at: null,
      n: 1,
      big: null,
      is_so: null,
      single: null,
      exact: null,
    },
    {
      ...whole,
      n: 2_147_483_647,
      said: 'twenty-one characters',
      at: '2199-01-01 05:30:00.000000',
      is_so: false,
    },
  ])
})

t.test('what only PostgreSQL understands goes as text, what nobody does is refused', async (t) => {
  const late = await roundTrip([row(1, 'a', '2026-01-31T24:00:00Z'), row(2, 'b', '2026-01-31')])
  t.match(late, [{ at: '2026-02-01 00:00:00.000000' }, { at: '2026-01-31 00:00:00.000000' }])
  await t.rejects(roundTrip([row(1, 'a', '2026-02-30T00:00:00Z')]), /out of range/)
  await t.rejects(roundTrip([row(1.5, 'a', null)]), /invalid input syntax for type integer/)
  await t.rejects(roundTrip([['no id', 'a', null, 1, 1, true, 1, 1]]), /type uuid/)
})

t.test('more rows than travel at once', async (t) => {
  const rows = Array.from({ length: 45_001 }, (_, n) => row(n, null, null))
  const read = await roundTrip(rows)
  t.equal(read.length, rows.length)
  t.ok(read.every((one, n) => one['n'] === n))
})

t.test('ids made together are UUIDs of version 7, rising, all different', (t) => {
  const now = Date.parse('2026-05-01T00:00:00Z')
  const ids = newIds(10_000, now)
  t.ok(
    ids.every((id) =>
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id),
    ),
  )
  t.same(ids, ids.toSorted())
  t.equal(new Set(ids).size, ids.length)
  const clock = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
  t.equal(clock(ids[0]!), now)
  t.equal(clock(ids.at(-1)!), now + 2)
  t.end()
})
