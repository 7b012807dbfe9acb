import { type RawBuilder, sql, type Transaction } from 'kysely'
import { SRID } from '../../db/geo-sql.ts'
import type { Database } from '../../db/tables.ts'
import type { CollectionId } from './contract.ts'
import { COLLECTIONS } from './contract.ts'
import { featureText } from './feature.ts'
import { findItem, type ItemFilter } from './store.ts'

/** A record as it was, as GeoJSON text. */
interface PastItem {
  id: string
  text: string
}

/**
 * One page of the records that were in force at an instant, with what they held then: what the first change after it
 * replaced, as the audit keeps it, or the record of today where nothing changed since. Filters are asked of what was.
 * Asks for one more than `limit`, as `findItems` does.
 */
export async function findItemsThen(
  trx: Transaction<Database>,
  communityId: string,
  collection: CollectionId,
  filter: ItemFilter & { at: string },
): Promise<PastItem[]> {
  const { table } = COLLECTIONS[collection]
  const { rows } = await sql<{ id: string; before: string | null }>`
    select i.id, past.before::text as before
    from ${sql.table(table)} as i
    left join lateral (
      select a.before from audit as a
      where a.community_id = i.community_id and a.collection = ${collection} and a.record_id = i.id
        and a.at > ${filter.at} and a.before is not null
      order by a.at, a.id limit 1
    ) as past on true
    where ${sql.join(conditions(communityId, filter), sql` and `)}
    order by i.id
    limit ${filter.limit + 1}`.execute(trx)
  const asToday = rows.filter(({ before }) => before === null).map(({ id }) => id)
  const today = asToday.length
    ? await findItem(trx, communityId, collection, asToday).execute()
    : []
  const texts = new Map(today.map((row) => [row.id, featureText(row)]))
  return rows.map(({ id, before }) => ({ id, text: before ?? texts.get(id)! }))
}

function conditions(
  communityId: string,
  { at, after, bbox, q, equal }: ItemFilter & { at: string },
): RawBuilder<boolean>[] {
  const list = [
    sql<boolean>`i.community_id = ${communityId}`,
    sql<boolean>`i.valid_from <= ${at}`,
    sql<boolean>`(i.valid_to is null or i.valid_to > ${at})`,
  ]
  if (after) list.push(sql<boolean>`i.id > ${after}`)
  if (bbox) {
    const [west, south, east, north] = bbox
    list.push(sql<boolean>`
      case when past.before is null then i.geom
        else ST_SetSRID(ST_GeomFromGeoJSON(past.before ->> 'geometry'), ${sql.lit(SRID)}) end
      && ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, ${sql.lit(SRID)})`)
  }
  if (q) {
    const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`
    list.push(
      sql<boolean>`(${then('name_zh')} ilike ${pattern} or ${then('name_en')} ilike ${pattern}
        or ${then('external_id')} = ${q})`,
    )
  }
  for (const [column, value] of Object.entries(equal))
    list.push(
      column === 'vehicle_class'
        ? sql<boolean>`case when past.before is null then ${value} = any (i.vehicle_classes)
            else past.before #> '{properties,vehicle_classes}' ? ${value} end`
        : sql<boolean>`${then(column)} = ${value}`,
    )
  return list
}

/** A member as text, as it was. */
const then = (column: string): RawBuilder<string | null> =>
  sql`case when past.before is null then ${sql.ref(`i.${column}`)}::text
    else past.before #>> array['properties', ${sql.lit(column)}] end`
