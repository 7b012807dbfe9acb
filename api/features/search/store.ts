import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { COLLECTION_IDS, COLLECTIONS } from '../inventory/contract.ts'

export interface Found {
  collection: string
  id: string
  external_id: string | null
  name_zh: string | null
  name_en: string | null
  lon: number
  lat: number
  bbox: [number, number, number, number]
}

/** Live records whose name holds `q`, or whose source id is `q`; whole names first, then names that start so. */
export async function searchNames(
  trx: Transaction<Database>,
  communityId: string,
  q: string,
  limit: number,
): Promise<Found[]> {
  const escaped = q.replace(/[\\%_]/g, '\\$&')
  const parts = COLLECTION_IDS.map(
    (collection) => sql`
      (select ${collection}::text as collection, i.id, i.external_id, i.name_zh, i.name_en, i.geom,
        case when q.text in (lower(i.name_zh), lower(i.name_en), lower(i.external_id)) then 0
             when lower(coalesce(i.name_zh, '')) like q.start or lower(coalesce(i.name_en, '')) like q.start then 1
             else 2 end as rank
      from ${sql.table(COLLECTIONS[collection].table)} as i, q
      where i.community_id = ${communityId} and i.valid_to is null
        and (lower(i.name_zh) like q.part or lower(i.name_en) like q.part or lower(i.external_id) = q.text)
      order by rank, length(coalesce(i.name_zh, i.name_en)), i.id limit ${limit})`,
  )
  const { rows } = await sql<Found>`
    with q as (select lower(${q}::text) as text, lower(${`${escaped}%`}::text) as start, lower(${`%${escaped}%`}::text) as part)
    select collection, id, external_id, name_zh, name_en,
      ST_X(ST_PointOnSurface(geom)) as lon, ST_Y(ST_PointOnSurface(geom)) as lat,
      array[ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)] as bbox
    from (${sql.join(parts, sql` union all `)}) as found
    order by rank, length(coalesce(name_zh, name_en)), id
    limit ${limit}`.execute(trx)
  return rows
}
