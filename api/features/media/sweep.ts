import { sql } from 'kysely'
import type { Engine } from '../../db/connect.ts'
import type { Settings } from '../../settings.ts'
import { filesOf, openStorage } from './storage.ts'

/** A photo that no record names within this time goes: a phone in a dead spot may send its record days later. */
const GUEST_HOURS = 24
const SIGNED_IN_HOURS = 7 * 24
const BATCH = 50

/**
 * Removes photos that no record names, their files first: whoever dies in the middle leaves rows that the next sweep
 * takes again. A record that comes at the same moment waits for the row and then finds the photo gone.
 */
export async function sweepMedia(
  engine: Engine,
  settings: Pick<Settings, 'dataDir' | 's3'>,
  now: Date,
): Promise<number> {
  const disk = await openStorage(settings)
  for (let removed = 0; ;) {
    const count = await engine.db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ community_id: string; id: string; storage_key: string }>`
        select community_id, id, storage_key from media where case_id is null and created_at < ${now}::timestamptz
          - make_interval(hours => case when created_by is null then ${GUEST_HOURS} else ${SIGNED_IN_HOURS} end::int)
        limit ${BATCH} for update skip locked`.execute(trx)
      for (const { storage_key } of rows)
        for (const key of filesOf(storage_key)) await disk.delete(key)
      for (const { community_id, id } of rows)
        await trx
          .deleteFrom('media')
          .where('community_id', '=', community_id)
          .where('id', '=', id)
          .execute()
      return rows.length
    })
    removed += count
    if (count < BATCH) return removed
  }
}
