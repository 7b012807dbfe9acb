import { sql, type Transaction } from 'kysely'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { recordChange } from '../../http/audit-record.ts'
import { ApiProblem } from '../../http/problem.ts'
import { readKind } from './case-state.ts'
import type { CaseChange } from './contract.ts'
import type { StoredCase } from './store.ts'

/** Corrects what a report said: kind, words, place. The grid follows the position. */
export async function changeCase(
  trx: Transaction<Database>,
  by: { community_id: string; actor_id: string | null; request_id: string },
  before: StoredCase,
  said: CaseChange,
): Promise<void> {
  const { lon = before.lon, lat = before.lat, place, ...plain } = said
  const isMoved = lon !== before.lon || lat !== before.lat
  if (said.kind_id !== undefined) await readKind(trx, by.community_id, said.kind_id)
  await refuseUnknown(trx, by.community_id, said)
  const point = sql`ST_SetSRID(ST_MakePoint(${lon}::float8, ${lat}::float8), 4326)`
  await trx
    .updateTable('case_file')
    .set({
      ...plain,
      ...(place !== undefined && { place_kind: place?.kind ?? null, place_id: place?.id ?? null }),
      ...(isMoved && {
        geom: point,
        grid_id: sql`(select g.id from grid as g where g.community_id = ${by.community_id} and g.valid_to is null
          and g.geom && ${point} and ST_Covers(g.geom, ${point}) order by g.id limit 1)`,
      }),
      version: sql`version + 1`,
      updated_at: sql`now()`,
    } as never)
    .where('community_id', '=', by.community_id)
    .where('id', '=', before.id)
    .execute()
  await bumpVersion(trx, by.community_id, 'cases')
  const earlier = Object.fromEntries(
    Object.keys(said).map((member) => [member, before[member as keyof StoredCase] ?? null]),
  )
  await recordChange(trx, {
    ...by,
    action: 'update',
    collection: 'cases',
    record_id: before.id,
    before: earlier,
    after: said,
    reason: null,
  })
}

async function refuseUnknown(
  trx: Transaction<Database>,
  communityId: string,
  said: CaseChange,
): Promise<void> {
  const wanted = [
    ...(said.segment_id ? [['segment_id', 'street_segment', said.segment_id] as const] : []),
    ...(said.place ? [['place/id', said.place.kind, said.place.id] as const] : []),
  ]
  for (const [path, table, id] of wanted) {
    const found = await trx
      .selectFrom(table)
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', '=', id)
      .executeTakeFirst()
    if (!found)
      throw new ApiProblem('cases/unknown-reference', 'not of this community', [
        { path, message: 'there is none of this id here' },
      ])
  }
}
