import { sql, type Transaction } from 'kysely'
import { Temporal } from 'temporal-polyfill'
import type { Database } from '../../db/tables.ts'
import { plannedPasses } from '../../domain/statistics/patrol-periods.ts'
import type { FieldPackage } from './contract.ts'
import { readStreets } from './store.ts'

/** What a phone takes along for a day: the person's grids in detail, no personal field. */
export async function readFieldPackage(
  trx: Transaction<Database>,
  community: { id: string; time_zone: string },
  gridIds: readonly string[] | null,
  now: number,
): Promise<FieldPackage> {
  const isMine = (id: string | null) => gridIds === null || (id !== null && gridIds.includes(id))
  const today = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(community.time_zone)
    .toPlainDate()
  const since = new Date(today.toZonedDateTime(community.time_zone).epochMilliseconds)
  const { rows: grids } = await sql<FieldPackage['grids'][number]>`
    select id, name_zh, name_en, ST_AsGeoJSON(geom, 7)::json as geometry from grid
    where community_id = ${community.id} and valid_to is null order by id`.execute(trx)
  const { rows: passes } = await sql<{ segment_id: string; side: string; n: number }>`
    select segment_id, side, count(*)::int as n from pass
    where community_id = ${community.id} and at >= ${since} group by segment_id, side`.execute(trx)
  const plans = await trx
    .selectFrom('patrol_plan')
    .select(['grid_id', 'frequency', 'passes', 'first_date', 'last_date'])
    .where('community_id', '=', community.id)
    .execute()
  const passesOf = new Map(passes.map((row) => [`${row.segment_id} ${row.side}`, row.n]))
  const askedToday = (grid_id: string | null) =>
    plans
      .filter((plan) => plan.grid_id === grid_id && plan.frequency === 'daily')
      .reduce((sum, plan) => sum + plannedPasses(plan, today.toString(), today.toString()), 0)
  const streets = (await readStreets(trx, community.id)).filter((street) => isMine(street.grid_id))
  return {
    community_id: community.id,
    made_at: new Date(now).toISOString(),
    grids: grids.map((grid) => ({ ...grid, is_mine: isMine(grid.id) })),
    sides: streets.flatMap((street) =>
      street.sides.map(({ side, line }) => {
        const passes_today = passesOf.get(`${street.segment_id} ${side}`) ?? 0
        return {
          segment_id: street.segment_id,
          side,
          name_zh: street.name_zh,
          name_en: street.name_en,
          grid_id: street.grid_id,
          line: line ?? street.centreline,
          centreline: street.centreline,
          passes_today,
          is_due_today: passes_today < askedToday(street.grid_id),
        }
      }),
    ),
    places: await readPlaces(trx, community.id, gridIds),
    open_cases: await readOpenCases(trx, community.id, gridIds),
  }
}

async function readPlaces(
  trx: Transaction<Database>,
  communityId: string,
  gridIds: readonly string[] | null,
): Promise<FieldPackage['places']> {
  const kinds = {
    bay: sql`capacity, vehicle_classes, null::uuid as merchant_id`,
    lot: sql`capacity, null::text[] as vehicle_classes, null::uuid as merchant_id`,
    frontage: sql`null::int as capacity, null::text[] as vehicle_classes, merchant_id`,
    vendor_zone: sql`stalls as capacity, null::text[] as vehicle_classes, null::uuid as merchant_id`,
  }
  const parts = Object.entries(kinds).map(
    ([kind, columns]) => sql`
      select ${kind}::text as kind, id, external_id, name_zh, name_en, ${columns}, geom from ${sql.table(kind)}
      where community_id = ${communityId} and valid_to is null
        ${kind === 'bay' ? sql`and status in ('approved', 'painted')` : sql``}`,
  )
  const { rows } = await sql<FieldPackage['places'][number]>`
    select p.kind, p.id, p.external_id, p.name_zh, p.name_en, p.capacity, p.vehicle_classes, p.merchant_id,
      g.id as grid_id, ST_AsGeoJSON(p.geom, 7)::json as geometry
    from (${sql.join(parts, sql` union all `)}) as p
      left join lateral (select id from grid where community_id = ${communityId} and valid_to is null
        and geom && p.geom and ST_Intersects(geom, ST_PointOnSurface(p.geom)) order by id limit 1) as g on true
    where ${gridIds === null ? sql`true` : sql`g.id = any(${[...gridIds]}::uuid[])`}
    order by p.kind, p.external_id nulls last, p.id`.execute(trx)
  return rows
}

async function readOpenCases(
  trx: Transaction<Database>,
  communityId: string,
  gridIds: readonly string[] | null,
): Promise<FieldPackage['open_cases']> {
  const { rows } = await sql<{
    id: string
    year: number
    serial: number
    kind_id: string
    step: string
    status: string
    lon: number
    lat: number
    grid_id: string | null
    due_at: Date | null
    place_name: string | null
    version: number
  }>`
    select c.id, c.year, c.serial, c.kind_id, c.step, c.status, ST_X(c.geom) as lon, ST_Y(c.geom) as lat, c.grid_id,
      c.due_at, c.version, coalesce(s.name_zh, s.name_en) as place_name
    from case_file as c left join street_segment as s on s.community_id = c.community_id and s.id = c.segment_id
    where c.community_id = ${communityId} and c.status in ('open', 'on_hold')
      and ${gridIds === null ? sql`true` : sql`c.grid_id = any(${[...gridIds]}::uuid[])`}
    order by c.found_at desc limit 1000`.execute(trx)
  return rows.map(({ year, serial, due_at, ...row }) => ({
    ...row,
    number: `${year}-${String(serial).padStart(6, '0')}`,
    due_at: due_at?.toISOString() ?? null,
  }))
}
