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
      sum('grid', 'full_time_workers').as('full_time_workers'),
      sum('grid', 'part_time_workers').as('part_time_workers'),
      all('partner_unit').as('partner_units'),
      all('ledger_event').as('ledger_events'),
    ])
    .executeTakeFirstOrThrow()
}
