import type { Disk } from 'flydrive'
import { sql } from 'kysely'
import type { Engine } from '../../db/connect.ts'
import type { Settings } from '../../settings.ts'
import { filesOf, folderOf, openStorage } from './storage.ts'

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

/** Who dies between a photo's files and its row leaves files that nobody knows; younger ones may still get their row. */
const STRAY_MS = 3_600_000

/** Removes files without a row, of this month and the last: the sweep comes every night. */
export async function sweepStrayFiles(
  engine: Engine,
  settings: Pick<Settings, 'dataDir' | 's3'>,
  now: Date,
): Promise<number> {
  const disk = await openStorage(settings)
  const communities = await engine.db.selectFrom('community').select('id').execute()
  let removed = 0
  for (const { id } of communities)
    for (const folder of foldersAround(id, now)) {
      const old = await filesBefore(disk, folder, now.getTime() - STRAY_MS)
      if (old.length === 0) continue
      const rows = await engine.db
        .selectFrom('media')
        .select('storage_key')
        .where('community_id', '=', id)
        .where('storage_key', 'like', `${folder}/%`)
        .execute()
      const known = new Set(rows.flatMap(({ storage_key }) => filesOf(storage_key)))
      for (const key of old)
        if (!known.has(key)) {
          await disk.delete(key)
          removed++
        }
    }
  return removed
}

async function filesBefore(disk: Disk, folder: string, before: number): Promise<string[]> {
  const keys: string[] = []
  for (let token: string | undefined, isMore = true; isMore; isMore = token !== undefined) {
    const page = await disk
      .listAll(folder, { recursive: true, ...(token && { paginationToken: token }) })
      // A month in which nobody sent a photo has no folder.
      .catch(() => ({ objects: [], paginationToken: undefined }))
    for (const object of page.objects) {
      if (!object.isFile) continue
      const { lastModified } = await object.getMetaData()
      if (lastModified.getTime() < before) keys.push(object.key)
    }
    token = page.paginationToken
  }
  return keys
}

function foldersAround(communityId: string, now: Date): string[] {
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1))
  return [now, last].map((at) => folderOf(communityId, at))
}
