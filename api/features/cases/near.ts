import { sql, type Transaction } from 'kysely'
import type { Static } from 'typebox'
import type { Database } from '../../db/tables.ts'
import type { NearCase } from './contract.ts'
import { numberText } from '../../domain/case-number.ts'

const MOST = 5

/** A place and a kind; `id` is the case itself, which is no duplicate of itself. */
export interface About {
  id?: string
  kind_id: string
  lon: number
  lat: number
}

/** Open cases of the kind within its radius and days, nearest first: "already reported 12 m away". */
export async function findNear(
  trx: Transaction<Database>,
  communityId: string,
  about: About,
  isStaff: boolean,
): Promise<Static<typeof NearCase>[]> {
  const here = sql`ST_SetSRID(ST_MakePoint(${about.lon}::float8, ${about.lat}::float8), 4326)`
  const { rows } = await sql<{
    id: string
    year: number
    serial: number
    kind_id: string
    distance_m: number
    step: Static<typeof NearCase>['step']
    found_at: Date
  }>`
    select near.* from case_kind as k, lateral (
      select c.id, c.year, c.serial, c.kind_id, c.step, c.found_at,
        round(ST_Distance(c.geom::geography, ${here}::geography)::numeric, 1)::float8 as distance_m
      from case_file as c
      where c.community_id = k.community_id and c.kind_id = k.id and c.status in ('open', 'on_hold')
        and c.found_at > now() - make_interval(days => k.duplicate_days)
        and c.geom && ST_Expand(${here}, k.duplicate_radius_m / 50000.0)
        and c.id is distinct from ${about.id ?? null}::uuid) as near
    where k.community_id = ${communityId} and k.id = ${about.kind_id} and (k.is_public or ${isStaff}) and near.distance_m <= k.duplicate_radius_m
    order by near.distance_m, near.id limit ${MOST}`.execute(trx)
  return rows.map(({ year, serial, found_at, ...row }) => ({
    ...row,
    number: numberText({ year, serial }),
    found_at: found_at.toISOString(),
  }))
}
