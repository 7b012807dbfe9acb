import { sql, type Transaction } from 'kysely'
import type { PlaceKind } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'

/** A street further away than this does not name a case's place; a bay, shop or lot must be closer. */
const STREET_M = 30
const PLACE_M = 15

/** What lies around a position: where a reporter names nothing, this names it. */
export interface Surroundings {
  is_inside: boolean
  grid_id: string | null
  segment_id: string | null
  side: 'left' | 'right' | null
  place_kind: PlaceKind | null
  place_id: string | null
}

/**
 * The community's grid, nearest street side and nearest place of a position (degrees, WGS 84). A community without a
 * boundary has no outside. Bays win over shops, shops over lots and zones, where several are equally near.
 */
export async function findSurroundings(
  trx: Transaction<Database>,
  communityId: string,
  lon: number,
  lat: number,
): Promise<Surroundings> {
  const here = sql`ST_SetSRID(ST_MakePoint(${lon}::float8, ${lat}::float8), 4326)`
  // A box in degrees lets the index choose; the distance itself is in metres on the ellipsoid.
  const within = (metres: number) =>
    sql`geom && ST_Expand(p.geom, ${metres / 111_000}::float8 / greatest(cos(radians(${lat}::float8)), 0.1), ${metres / 110_500}::float8)`
  const places = sql.join(
    (['bay', 'frontage', 'lot', 'vendor_zone'] as const).map(
      (kind, rank) => sql`
        select ${kind}::text as kind, id, ${rank}::int as rank, ST_Distance(t.geom::geography, p.geom::geography) as metres
        from ${sql.table(kind)} as t where t.community_id = ${communityId} and t.valid_to is null and t.${within(PLACE_M)}`,
    ),
    sql` union all `,
  )
  const { rows } = await sql<Surroundings>`
    with p as materialized (select ${here} as geom),
    street as (
      select s.id, s.geom, ST_Distance(s.geom::geography, p.geom::geography) as metres
      from street_segment as s, p
      where s.community_id = ${communityId} and s.valid_to is null and s.${within(STREET_M)}
      order by 3, 1 limit 1
    ),
    place as (select near.* from p, lateral (${places}) as near
      where metres <= ${PLACE_M} order by metres, rank, id limit 1)
    select
      coalesce((select ST_Covers(c.geom, p.geom) from community as c where c.id = ${communityId} and c.geom is not null), true) as is_inside,
      (select g.id from grid as g where g.community_id = ${communityId} and g.valid_to is null and g.geom && p.geom
        and ST_Covers(g.geom, p.geom) order by g.id limit 1) as grid_id,
      (select id from street where metres <= ${STREET_M}) as segment_id,
      (select case when ST_Length(line) = 0 then null
          when (ST_X(b) - ST_X(a)) * (ST_Y(p.geom) - ST_Y(a)) - (ST_Y(b) - ST_Y(a)) * (ST_X(p.geom) - ST_X(a)) >= 0
          then 'left' else 'right' end
        from (select line, ST_LineInterpolatePoint(line, greatest(at - 0.001, 0)) as a,
            ST_LineInterpolatePoint(line, least(at + 0.001, 1)) as b
          from (select line, ST_LineLocatePoint(line, p.geom) as at
            from (select (ST_Dump(geom)).geom as line from street where metres <= ${STREET_M}) as parts
            order by ST_Distance(line, p.geom) limit 1) as located) as piece) as side,
      (select kind from place) as place_kind,
      (select id from place) as place_id
    from p`.execute(trx)
  return rows[0]!
}
