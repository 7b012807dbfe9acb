import type { Geometry } from 'geojson'
import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'

/** Counts of everything live in one community, in one round trip. */
export function countEverything(trx: Transaction<Database>, communityId: string) {
  const live = (table: string, condition = sql`true`) =>
    sql<number>`(select count(*)::int from ${sql.table(table)} as i where i.community_id = ${communityId} and i.valid_to is null and ${condition})`
  const sum = (table: string, column: string, condition = sql`true`) =>
    sql<number>`(select coalesce(sum(${sql.ref(column)}), 0)::int from ${sql.table(table)} as i where i.community_id = ${communityId} and i.valid_to is null and ${condition})`
  const all = (table: string) =>
    sql<number>`(select count(*)::int from ${sql.table(table)} as i where i.community_id = ${communityId})`
  const standing = sql`i.status in ('approved', 'painted')`
  const forBikes = sql`${standing} and i.vehicle_classes && array['bicycle', 'e_bike']`
  const forCars = sql`${standing} and 'car' = any (i.vehicle_classes)`
  return trx
    .selectNoFrom([
      live('grid').as('grids'),
      live('building').as('buildings'),
      sum('building', 'households').as('households'),
      sum('building', 'residents').as('residents'),
      all('merchant').as('merchants'),
      sum('building', 'resident_vehicles').as('resident_vehicles'),
      live('street_segment').as('street_segments'),
      live('curb_object').as('curb_objects'),
      live('bay').as('bays'),
      live('bay', forBikes).as('bike_bays'),
      sum('bay', 'capacity', forBikes).as('bike_bay_places'),
      live('bay', forCars).as('car_bays'),
      sum('bay', 'capacity', forCars).as('car_bay_places'),
      live('vendor_zone').as('vendor_zones'),
      live('lot').as('lots'),
      sql<number>`(select coalesce(sum(spaces_shared), 0)::int from sharing_agreement
        where community_id = ${communityId} and status = 'active')`.as('shared_spaces'),
      live('frontage').as('frontages'),
      live('closure').as('closures'),
      sum('grid', 'full_time_workers').as('full_time_workers'),
      sum('grid', 'part_time_workers').as('part_time_workers'),
      all('partner_unit').as('partner_units'),
      all('ledger_event').as('ledger_events'),
    ])
    .executeTakeFirstOrThrow()
}

type Box = [west: number, south: number, east: number, north: number]

const INVENTORY = [
  'grid',
  'building',
  'street_segment',
  'curb_object',
  'bay',
  'vendor_zone',
  'lot',
  'frontage',
  'closure',
] as const

/** Half a kilometre, in degrees of latitude: nothing that near is a stray, however closely the rest lies. */
const NEAR_DEG = 0.005

/**
 * The box of what lies together: without strays, whose middle is farther than three quartile distances beyond the
 * quartiles (Tukey's outer fences), so that one rack in another town does not decide where a map opens. In degrees;
 * null for a community that holds nothing.
 */
export async function mainBox(
  trx: Transaction<Database>,
  communityId: string,
): Promise<Box | null> {
  const things = sql.join(
    INVENTORY.map(
      (table) =>
        sql`select geom from ${sql.table(table)} where community_id = ${communityId} and valid_to is null`,
    ),
    sql` union all `,
  )
  const quartile = (share: number, middle: 'lon' | 'lat') =>
    sql`percentile_cont(${sql.lit(share)}) within group (order by ${sql.ref(middle)})`
  const { rows } = await sql<{ box: Box | null }>`
    with thing as materialized (
      select geom, (ST_XMin(geom) + ST_XMax(geom)) / 2 as lon, (ST_YMin(geom) + ST_YMax(geom)) / 2 as lat
      from (${things}) as every_thing
    ), quartile as (
      select *, greatest(3 * (east - west), ${NEAR_DEG}) as fence_lon,
        greatest(3 * (north - south), ${NEAR_DEG}) as fence_lat
      from (select ${quartile(0.25, 'lon')} as west, ${quartile(0.75, 'lon')} as east,
        ${quartile(0.25, 'lat')} as south, ${quartile(0.75, 'lat')} as north from thing) as q
    )
    select array[min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom))] as box
    from thing, quartile
    where lon between west - fence_lon and east + fence_lon
      and lat between south - fence_lat and north + fence_lat
    having count(*) > 0`.execute(trx)
  return rows[0]?.box ?? null
}

/** The community's area with 7 decimals, as the rules know it; null where none was given. */
export async function boundaryOf(
  trx: Transaction<Database>,
  communityId: string,
): Promise<Geometry | null> {
  const row = await trx
    .selectFrom('community')
    .select(sql<string | null>`ST_AsGeoJSON(geom, 7)`.as('text'))
    .where('id', '=', communityId)
    .executeTakeFirst()
  return row?.text == null ? null : (JSON.parse(row.text) as Geometry)
}
