import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'

/** What is asked about: vehicles of one class between two instants. */
export interface Asked {
  community_id: string
  vehicle_class: string
  from: Date
  to: Date
}

export interface SideRow {
  segment_id: string
  side: 'left' | 'right'
  side_id: string
  name_zh: string | null
  name_en: string | null
  lon: number
  lat: number
  kerb_text: string
}

/** Every side of every street with its kerb line as GeoJSON. */
export async function readSides(
  trx: Transaction<Database>,
  communityId: string,
): Promise<SideRow[]> {
  const { rows } = await sql<SideRow>`
    select s.id as segment_id, i.side, i.id as side_id, s.name_zh, s.name_en, ST_X(m.point) as lon, ST_Y(m.point) as lat,
      ST_AsGeoJSON(m.line, 7) as kerb_text
    from street_side as i
    join street_segment as s on s.community_id = i.community_id and s.id = i.segment_id and s.valid_to is null
    cross join lateral (select coalesce(i.kerb_line, ST_GeometryN(s.geom, 1)) as line) as l
    cross join lateral (select l.line, ST_LineInterpolatePoint(l.line, 0.5) as point) as m
    where i.community_id = ${communityId} order by s.id, i.side`.execute(trx)
  return rows
}

export interface OccupancyRow {
  segment_id: string
  side: 'left' | 'right'
  capacity: number
  readings: number
  over_85: number
  over_100: number
  peak_percent: number | null
  outside: number
  outside_readings: number
}

const bays = ({ community_id, vehicle_class }: Asked) => sql`
  select id, segment_id, side, capacity, geom from bay
  where community_id = ${community_id} and valid_to is null and status in ('approved', 'painted')
    and ${vehicle_class} = any (vehicle_classes)`

/** Latest counts of a place within each hour; those by class are added up unless one is of all. */
const hourly = ({ community_id, from, to }: Asked) => sql`
  select place_id, hour, observed_at,
    coalesce(max(counted) filter (where vehicle_class is null), sum(counted))::int as counted,
    sum(illegal_count)::int as illegal
  from (
    select o.place_id, date_trunc('hour', o.observed_at) as hour, o.observed_at, o.vehicle_class, o.counted, o.illegal_count,
      row_number() over (partition by o.place_id, date_trunc('hour', o.observed_at), o.vehicle_class
        order by o.observed_at desc, o.received_at desc) as nth
    from observation as o
    where o.community_id = ${community_id} and o.kind <> 'detection' and o.place_id is not null
      and o.observed_at > ${from} and o.observed_at <= ${to}
  ) as latest where nth = 1 group by place_id, hour, observed_at`

/** How full the bays of each side were, hour by hour of counting, and how many stood outside the marks. */
export async function readOccupancy(
  trx: Transaction<Database>,
  asked: Asked,
): Promise<OccupancyRow[]> {
  const { rows } = await sql<OccupancyRow>`
    with b as (${bays(asked)}), h as (${hourly(asked)}),
    own as (select segment_id, side, sum(capacity)::int as capacity from b where side is not null group by segment_id, side),
    hours as (
      select b.segment_id, b.side, h.hour, sum(h.counted) as counted, sum(b.capacity) as capacity, sum(h.illegal) as illegal
      from b join h on h.place_id = b.id
      where b.segment_id is not null and b.side is not null and b.capacity > 0 group by b.segment_id, b.side, h.hour
    ),
    loose as (
      select i.segment_id, i.side, sum(h.counted)::int as outside, count(*)::int as outside_readings
      from street_side as i join h on h.place_id = i.id
      where i.community_id = ${asked.community_id} group by i.segment_id, i.side
    ),
    full_hours as (
      select segment_id, side, count(*)::int as readings,
        (count(*) filter (where counted > 0.85 * capacity))::int as over_85,
        (count(*) filter (where counted > capacity))::int as over_100,
        max(round(counted * 1000.0 / capacity) / 10)::float as peak_percent,
        coalesce(sum(illegal), 0)::int as illegal, (count(*) filter (where illegal is not null))::int as illegal_hours
      from hours group by segment_id, side
    )
    select i.segment_id, i.side, coalesce(own.capacity, 0) as capacity,
      coalesce(f.readings, 0) as readings, coalesce(f.over_85, 0) as over_85, coalesce(f.over_100, 0) as over_100, f.peak_percent,
      coalesce(f.illegal, 0) + coalesce(l.outside, 0) as outside,
      greatest(coalesce(f.illegal_hours, 0), coalesce(l.outside_readings, 0)) as outside_readings
    from street_side as i
    left join own on own.segment_id = i.segment_id and own.side = i.side
    left join full_hours as f on f.segment_id = i.segment_id and f.side = i.side
    left join loose as l on l.segment_id = i.segment_id and l.side = i.side
    where i.community_id = ${asked.community_id}`.execute(trx)
  return rows
}

/** Cases that mean a vehicle stands where it must not. A community's own codes below these count too. */
const PARKING_CODES: Readonly<Record<string, readonly string[]>> = {
  car: ['street.motor_parking'],
  bicycle: ['street.nonmotor_parking'],
  e_bike: ['street.nonmotor_parking'],
  motorcycle: ['street.nonmotor_parking', 'street.motor_parking'],
}

/** Parking cases found on patrol and passes of each side that has any. */
export async function readEffort(
  trx: Transaction<Database>,
  asked: Asked,
): Promise<{ segment_id: string; side: string; findings: number; passes: number }[]> {
  const codes = PARKING_CODES[asked.vehicle_class] ?? []
  const { rows } = await sql<{
    segment_id: string
    side: string
    findings: number
    passes: number
  }>`
    select segment_id, side, sum(findings)::int as findings, sum(passes)::int as passes from (
      select segment_id, side, 0 as findings, 1 as passes from pass
      where community_id = ${asked.community_id} and at > ${asked.from} and at <= ${asked.to}
      union all
      select c.segment_id, c.side, 1, 0 from case_file as c
      join case_kind as k on k.community_id = c.community_id and k.id = c.kind_id
      where c.community_id = ${asked.community_id} and c.source = 'patrol' and c.status not in ('refused', 'merged')
        and c.found_at > ${asked.from} and c.found_at <= ${asked.to} and c.segment_id is not null and c.side is not null
        and exists (select from unnest(${codes}::text[]) as code where k.code = code or k.code like code || '.%')
    ) as seen group by segment_id, side`.execute(trx)
  return rows
}

/**
 * The middle of every bay and lot for the class that is not known to be full: one that was counted full in at least half
 * of its hours offers nobody a place; one that was never counted gets the benefit of the doubt.
 */
export async function readFreePlaces(
  trx: Transaction<Database>,
  asked: Asked,
): Promise<{ lon: number; lat: number }[]> {
  // A lot is for cars: nothing else of it is known.
  const lots =
    asked.vehicle_class === 'car'
      ? sql`union all select id, capacity, geom from lot where community_id = ${asked.community_id} and valid_to is null`
      : sql``
  const { rows } = await sql<{ lon: number; lat: number }>`
    with h as (${hourly(asked)}),
    place as (select id, capacity, geom from (${bays(asked)}) as b ${lots}),
    full_share as (
      select p.id, avg((h.counted >= p.capacity)::int) as share from place as p join h on h.place_id = p.id
      where p.capacity > 0 group by p.id
    )
    select ST_X(ST_PointOnSurface(p.geom)) as lon, ST_Y(ST_PointOnSurface(p.geom)) as lat
    from place as p left join full_share as f on f.id = p.id
    where p.capacity > 0 and coalesce(f.share, 0) < 0.5`.execute(trx)
  return rows
}

export interface WishRow {
  kind: 'households' | 'shops'
  weight: number
  lon: number
  lat: number
  grid_id: string | null
}

/** Where people live and where shops are, with the grid they belong to. */
export async function readWishes(
  trx: Transaction<Database>,
  communityId: string,
): Promise<WishRow[]> {
  const { rows } = await sql<WishRow>`
    select 'households' as kind, households as weight, ST_X(ST_PointOnSurface(geom)) as lon, ST_Y(ST_PointOnSurface(geom)) as lat, grid_id
    from building where community_id = ${communityId} and valid_to is null and households > 0
    union all
    select 'shops', 1, ST_X(ST_PointOnSurface(geom)), ST_Y(ST_PointOnSurface(geom)), grid_id
    from merchant where community_id = ${communityId} and geom is not null`.execute(trx)
  return rows
}

export async function readGrids(
  trx: Transaction<Database>,
  communityId: string,
): Promise<{ id: string; name_zh: string | null; name_en: string | null }[]> {
  return trx
    .selectFrom('grid')
    .select(['id', 'name_zh', 'name_en'])
    .where('community_id', '=', communityId)
    .where('valid_to', 'is', null)
    .orderBy('grid_code')
    .execute()
}
