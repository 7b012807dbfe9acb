import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { Rule } from '../../domain/rules/rule-pack.ts'

/** One saved version of a community's pack. */
export interface SavedPack {
  id: string
  version: number
  newest: number
  based_on: string
  based_on_version: number
  name_zh: string
  name_en: string
  region: string
  effective: string
  rules: Rule[]
}

const saved = (trx: Transaction<Database>, communityId: string) =>
  trx
    .selectFrom('rule_pack as p')
    .innerJoin('rule_pack_version as v', (join) =>
      join.onRef('v.community_id', '=', 'p.community_id').onRef('v.pack_id', '=', 'p.id'),
    )
    .where('p.community_id', '=', communityId)
    .select([
      'p.id',
      'v.version',
      'p.version as newest',
      'p.based_on',
      'p.based_on_version',
      'v.name_zh',
      'v.name_en',
      'v.region',
      sql<string>`v.effective::text`.as('effective'),
      'v.rules',
    ])

/** The newest version of each of the community's packs, oldest pack first. */
export async function newestPacks(
  trx: Transaction<Database>,
  communityId: string,
): Promise<SavedPack[]> {
  return saved(trx, communityId)
    .whereRef('v.version', '=', 'p.version')
    .orderBy('p.created_at')
    .orderBy('p.id')
    .execute()
}

/** A version of a pack, the newest where none is named. */
export async function findPack(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  version?: number,
): Promise<SavedPack | undefined> {
  const found = saved(trx, communityId).where('p.id', '=', id)
  return version === undefined
    ? found.whereRef('v.version', '=', 'p.version').executeTakeFirst()
    : found.where('v.version', '=', version).executeTakeFirst()
}

/** The newest version of a pack, held until the transaction ends: nobody saves another meanwhile. */
export async function lockPack(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<SavedPack | undefined> {
  await trx
    .selectFrom('rule_pack')
    .select('id')
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .forUpdate()
    .execute()
  return findPack(trx, communityId, id)
}

/** What a version consists of, and who saved it why. */
export interface NewVersion {
  name_zh: string
  name_en: string
  region: string
  effective: string
  rules: readonly Rule[]
  reason: string | null
  saved_by: string | null
}

/** Begins a pack with its first version; false where the id is taken. */
export async function insertPack(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  basedOn: { id: string; version: number },
  version: NewVersion,
): Promise<boolean> {
  const inserted = await trx
    .insertInto('rule_pack')
    .values({
      community_id: communityId,
      id,
      based_on: basedOn.id,
      based_on_version: basedOn.version,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) return false
  await insertVersion(trx, communityId, id, 1, version)
  return true
}

/** Appends a version and makes it the newest. */
export async function saveVersion(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  number: number,
  version: NewVersion,
): Promise<void> {
  await insertVersion(trx, communityId, id, number, version)
  await trx
    .updateTable('rule_pack')
    .set({ version: number })
    .where('community_id', '=', communityId)
    .where('id', '=', id)
    .execute()
}

async function insertVersion(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  number: number,
  version: NewVersion,
): Promise<void> {
  await trx
    .insertInto('rule_pack_version')
    .values({
      community_id: communityId,
      pack_id: id,
      version: number,
      ...version,
      rules: JSON.stringify(version.rules),
    })
    .execute()
}

/** Every version of a pack, newest first, each with the last time it was put in force. */
export async function versionsOf(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
): Promise<
  {
    version: number
    saved_at: Date
    saved_by: string | null
    reason: string | null
    activated_at: Date | null
  }[]
> {
  return trx
    .selectFrom('rule_pack_version as v')
    .select([
      'v.version',
      'v.saved_at',
      'v.saved_by',
      'v.reason',
      sql<Date | null>`(select max(a.activated_at) from rule_pack_activation a
        where a.community_id = v.community_id and a.pack_id = v.pack_id and a.pack_version = v.version)`.as(
        'activated_at',
      ),
    ])
    .where('v.community_id', '=', communityId)
    .where('v.pack_id', '=', id)
    .orderBy('v.version', 'desc')
    .execute()
}

/** Puts a version in force as the activation `serial`; false where somebody else's came first. */
export async function activate(
  trx: Transaction<Database>,
  communityId: string,
  serial: number,
  what: ({ shipped_id: string } | { pack_id: string }) & {
    pack_version: number
    reason: string | null
    activated_by: string | null
  },
): Promise<boolean> {
  const inserted = await trx
    .insertInto('rule_pack_activation')
    .values({ community_id: communityId, serial, shipped_id: null, pack_id: null, ...what })
    .onConflict((conflict) => conflict.doNothing())
    .returning('serial')
    .executeTakeFirst()
  return inserted !== undefined
}

/** The serial of the activation in force, 0 before the first. */
export async function activeSerial(
  trx: Transaction<Database>,
  communityId: string,
): Promise<number> {
  const row = await trx
    .selectFrom('rule_pack_activation')
    .select((eb) => eb.fn.max('serial').as('serial'))
    .where('community_id', '=', communityId)
    .executeTakeFirst()
  return Number(row?.serial ?? 0)
}
