import type { Transaction } from 'kysely'
import type { MediaTable } from '../../db/loop-tables.ts'
import type { Database } from '../../db/tables.ts'

export interface StoredMedia {
  id: string
  case_id: string | null
  role: MediaTable['role']
  storage_key: string
  content_type: string
  bytes: number
  width: number
  height: number
  sha256: string
  taken_at: Date | null
  taken_lon: number | null
  taken_lat: number | null
  is_public: boolean
  created_by: string | null
  upload_hash: string | null
  created_at: Date
}

const COLUMNS = [
  'id',
  'case_id',
  'role',
  'storage_key',
  'content_type',
  'bytes',
  'width',
  'height',
  'sha256',
  'taken_at',
  'taken_lon',
  'taken_lat',
  'is_public',
  'created_by',
  'upload_hash',
  'created_at',
] as const

export async function findMedia(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<StoredMedia | undefined> {
  return trx
    .selectFrom('media')
    .select(COLUMNS)
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .executeTakeFirst()
}
