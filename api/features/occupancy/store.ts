import { type RawBuilder, sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { ObservedRow } from '../../domain/statistics/readings.ts'
import { LOOK_BACK_DAYS, type OccupancyOf } from './contract.ts'

/** One member of one place with one of its observations; all of `member_*` null where a place has no member. */
export interface MemberRow {
  id: string
  external_id: string | null
  name_zh: string | null
  name_en: string | null
  lon: number
  lat: number
  member_id: string | null
  member_capacity: number | null
  member_is_side: boolean | null
  observed_at: Date | null
  received_at: Date
  kind: ObservedRow['kind']
  method: string
  counted: number
  illegal_count: number | null
  vehicle_class: string | null
  survey_id: string | null
  survey_name: string | null
}

/**
 * Of every place its members, and of each member the observations of the last quarter of an hour before the latest one
 * up to `at` (at most 400 days back); sorted by place, member, time. Places that had ended by then are left out.
 */
export async function readLatest(
  trx: Transaction<Database>,
  communityId: string,
  of: OccupancyOf,
  at: Date,
): Promise<MemberRow[]> {
  // OFFSET 0 keeps the planner from turning the look-up of each member into one pass over all observations, and the
  // order leads it to the index by place even where it has no statistics.
  const last = sql`
    left join lateral (
      select o.observed_at from observation as o
      where o.community_id = ${communityId} and o.place_id = m.member_id
        and o.observed_at <= ${at} and o.observed_at > ${at}::timestamptz - make_interval(days => ${LOOK_BACK_DAYS})
      order by o.observed_at desc limit 1
    ) as last on true
    left join lateral (
      select o.* from observation as o
      where o.community_id = ${communityId} and o.place_id = m.member_id
        and o.observed_at between last.observed_at - interval '15 minutes' and last.observed_at
      order by o.observed_at offset 0
    ) as o on true`
  return readMembers(trx, communityId, of, at, last)
}

/** The same with all observations after `from` up to `to`. */
export async function readSpan(
  trx: Transaction<Database>,
  communityId: string,
  of: OccupancyOf,
  from: Date,
  to: Date,
): Promise<MemberRow[]> {
  const within = sql`
    left join lateral (
      select o.* from observation as o
      where o.community_id = ${communityId} and o.place_id = m.member_id
        and o.observed_at > ${from} and o.observed_at <= ${to}
      order by o.observed_at offset 0
    ) as o on true`
  return readMembers(trx, communityId, of, to, within)
}

async function readMembers(
  trx: Transaction<Database>,
  communityId: string,
  of: OccupancyOf,
  at: Date,
  observations: RawBuilder<unknown>,
): Promise<MemberRow[]> {
  const { rows } = await sql<MemberRow>`
    with ${membersOf(of, communityId, at)}
    select p.id, p.external_id, p.name_zh, p.name_en, ST_X(p.point) as lon, ST_Y(p.point) as lat,
      m.member_id, m.member_capacity, m.member_is_side,
      o.observed_at, o.received_at, o.kind, o.method, o.counted, o.illegal_count, o.vehicle_class,
      o.survey_id, s.name as survey_name
    from place as p
    left join member as m on m.id = p.id
    ${observations}
    left join survey as s on s.community_id = ${communityId} and s.id = o.survey_id
    order by p.id, m.member_id, o.observed_at`.execute(trx)
  return rows
}

/** CTEs `place` (id, names, point) and `member` (id of the place, member_id, member_capacity, member_is_side). */
function membersOf(of: OccupancyOf, communityId: string, at: Date): RawBuilder<unknown> {
  // A place painted later than the moment asked for shows up without data; one that had ended does not.
  const live = (alias: string) =>
    sql`${sql.ref(`${alias}.community_id`)} = ${communityId}
      and (${sql.ref(`${alias}.valid_to`)} is null or ${sql.ref(`${alias}.valid_to`)} > ${at})`
  const inUse = sql`b.status in ('approved', 'painted')`
  const places = (table: string, condition = sql`true`) => sql`
    place as (
      select b.id, b.external_id, b.name_zh, b.name_en, b.geom, ST_PointOnSurface(b.geom) as point
      from ${sql.table(table)} as b where ${live('b')} and ${condition}
    )`
  const self = (table: string, condition = sql`true`) => sql`
    member as (
      select b.id, b.id as member_id, b.capacity as member_capacity, false as member_is_side
      from ${sql.table(table)} as b where ${live('b')} and ${condition}
    )`
  switch (of) {
    case 'bays':
      return sql`${places('bay', inUse)}, ${self('bay', inUse)}`
    case 'lots':
      return sql`${places('lot')}, ${self('lot')}`
    case 'street_segments':
      return sql`${places('street_segment')}, member as (
        select b.segment_id as id, b.id as member_id, b.capacity as member_capacity, false as member_is_side
        from bay as b where ${live('b')} and ${inUse} and b.segment_id is not null
        union all
        select i.segment_id, i.id, null, true from street_side as i where i.community_id = ${communityId}
      )`
    case 'street_sides':
      return sql`place as (
        select i.id, b.external_id || ':' || i.side as external_id, b.name_zh, b.name_en,
          ST_LineInterpolatePoint(coalesce(i.kerb_line, ST_GeometryN(b.geom, 1)), 0.5) as point, b.id as segment_id, i.side
        from street_side as i join street_segment as b on b.community_id = i.community_id and b.id = i.segment_id
        where ${live('b')}
      ), member as (
        select p.id, b.id as member_id, b.capacity as member_capacity, false as member_is_side
        from place as p join bay as b on b.segment_id = p.segment_id and b.side = p.side
        where ${live('b')} and ${inUse}
        union all
        select p.id, p.id, null, true from place as p
      )`
    case 'grids':
      return sql`${places('grid')}, member as (
        select p.id, b.id as member_id, b.capacity as member_capacity, false as member_is_side
        from place as p join bay as b on ST_Covers(p.geom, ST_PointOnSurface(b.geom)) and p.geom && b.geom
        where ${live('b')} and ${inUse}
        union all
        select p.id, b.id, b.capacity, false
        from place as p join lot as b on ST_Covers(p.geom, ST_PointOnSurface(b.geom)) and p.geom && b.geom
        where ${live('b')}
      )`
  }
}

/** The community's surveys, the latest first. */
export function findSurveys(trx: Transaction<Database>, communityId: string) {
  return trx
    .selectFrom('survey')
    .select(['id', 'name', 'method', 'started_at', 'ended_at', 'is_synthetic'])
    .where('community_id', '=', communityId)
    .orderBy('started_at', 'desc')
    .orderBy('id')
}

/** A counted place of a survey with one of its counts. */
export interface SurveyRow {
  collection: 'bays' | 'lots' | 'street_segments'
  place_id: string
  name_zh: string | null
  name_en: string | null
  capacity: number | null
  observed_at: Date
  counted: number
}

/** The counts of a survey, by place and instant; those by vehicle class added up, single detections left aside. */
export async function readSurveyCounts(
  trx: Transaction<Database>,
  communityId: string,
  survey: { id: string; started_at: Date; ended_at: Date | null },
): Promise<SurveyRow[]> {
  const { rows } = await sql<SurveyRow>`
    select case o.place_kind when 'bay' then 'bays' when 'lot' then 'lots' else 'street_segments' end as collection,
      o.place_id, coalesce(b.name_zh, l.name_zh, g.name_zh) as name_zh,
      coalesce(b.name_en, l.name_en, g.name_en) as name_en, coalesce(b.capacity, l.capacity) as capacity,
      o.observed_at, sum(o.counted)::int as counted
    from observation as o
    left join bay as b on o.place_kind = 'bay' and b.community_id = o.community_id and b.id = o.place_id
    left join lot as l on o.place_kind = 'lot' and l.community_id = o.community_id and l.id = o.place_id
    left join street_side as s on o.place_kind = 'street_side' and s.community_id = o.community_id and s.id = o.place_id
    left join street_segment as g on g.community_id = s.community_id and g.id = s.segment_id
    where o.community_id = ${communityId} and o.survey_id = ${survey.id} and o.kind <> 'detection'
      and o.place_id is not null and o.observed_at >= ${survey.started_at}::timestamptz - interval '1 day'
      and (${survey.ended_at}::timestamptz is null or o.observed_at <= ${survey.ended_at}::timestamptz + interval '1 day')
    group by 1, 2, 3, 4, 5, 6
    order by 1, 2, 6`.execute(trx)
  return rows
}
