import { sql, type Transaction } from 'kysely'
import type { BulkTransaction } from '../db/bulk.ts'
import { bumpVersion } from '../db/change-feed.ts'
import type { Database } from '../db/tables.ts'
import { COLLECTIONS, type CollectionId } from '../features/inventory/contract.ts'
import { type Candidate, stableId } from './prepare.ts'
import type { Patch } from './profile.ts'
import { asEwkt, dropStage, makeStage, type Table } from './stage.ts'

/** What writing one collection's rows came to. */
export interface Written {
  inserted: number
  updated: number
  unchanged: number
  retired: number
  edited_here: number
  /** Ids left out because another live row has their `external_id`. */
  taken: Set<string>
}

interface Taking {
  /** Publisher and licence; rows of another source are none of this file's business. */
  source: string
  isOverwriting: boolean
  isRetiring: boolean
}

interface Target {
  communityId: string
  collection: CollectionId
  /** The import run: rows written carry it. */
  importId: string
}

/**
 * Brings a collection's table to what the candidates say: new rows in, changed ones counted up, equal ones untouched.
 * A row that people changed here since its last import is left alone unless `isOverwriting`. With `isRetiring`, live
 * rows of the same `source` that no candidate names end. The layer's version is counted up once, if anything changed.
 */
export async function writeCandidates(
  bulk: BulkTransaction,
  target: Target & Taking,
  candidates: readonly Candidate[],
): Promise<Written> {
  const { trx } = bulk
  const members = [...new Set(candidates.flatMap(({ members }) => Object.keys(members)))]
  const own = ['external_id', 'source', 'tags', 'geom', ...members]
  const stage = await makeStage(bulk, target, own, candidates, (candidate, column) =>
    column === 'external_id'
      ? candidate.external_id
      : column === 'source'
        ? target.source
        : column === 'tags'
          ? candidate.tags
          : column === 'geom'
            ? asEwkt(candidate.geometry)
            : candidate.members[column],
  )
  const table = sql.table(COLLECTIONS[target.collection].table)
  const missing = target.isRetiring ? await countMissing(trx, target, table, stage) : 0
  const taken = await removeTaken(trx, target, table, stage)
  const known = await compare(trx, target, table, stage, own)
  const fresh = candidates.length - taken.size - known.all
  const changing = known.differing - (target.isOverwriting ? 0 : known.edited)
  const written: Written = {
    inserted: fresh,
    updated: changing,
    unchanged: known.all - known.differing,
    retired: missing,
    edited_here: target.isOverwriting ? 0 : known.edited,
    taken,
  }
  if (fresh + changing + missing > 0) {
    const version = await bumpVersion(trx, target.communityId, target.collection)
    if (missing > 0) await retireMissing(trx, target, table, stage, version)
    await updateChanged(trx, target, table, stage, own, version, {
      isEditedToo: target.isOverwriting,
    })
    const into = columnList(['community_id', 'id', ...own, 'changed_version', 'import_id'])
    const from = sql.join([sql.ref('s.community_id'), sql.ref('s.id'), ...own.map(staged)])
    await sql`insert into ${table} (${into}) select ${from}, ${version}, ${target.importId}::uuid from ${stage} as s
      where not exists (select from ${table} as b where b.community_id = s.community_id and b.id = s.id)`.execute(
      trx,
    )
  }
  await dropStage(trx, stage)
  if (target.collection === 'street_segments') await addSides(bulk, target, candidates)
  return written
}

/** A street has two sides also where its source says nothing of them: what is counted or stands there needs a place. */
async function addSides(
  bulk: BulkTransaction,
  { communityId }: Target,
  streets: readonly Candidate[],
): Promise<void> {
  const ids = streets.map(({ id }) => id)
  const { rows } = await sql<{ id: string }>`
    select b.id from street_segment as b where b.community_id = ${communityId} and b.id = any (${ids}::uuid[])
      and not exists (select from street_side as s where s.community_id = b.community_id and s.segment_id = b.id)`.execute(
    bulk.trx,
  )
  await bulk.insert(
    'street_side',
    { id: 'uuid', segment_id: 'uuid', side: 'text' },
    rows.flatMap(({ id }) =>
      ['left', 'right'].map((side) => [stableId(communityId, 'street_sides', id, side), id, side]),
    ),
  )
}

/** Changes the given members of rows that are there; all patches are of one collection. */
export async function writePatches(
  bulk: BulkTransaction,
  target: Target,
  patches: readonly Patch[],
): Promise<{ updated: number; unchanged: number }> {
  const own = [...new Set(patches.flatMap(({ members }) => Object.keys(members)))]
  const stage = await makeStage(
    bulk,
    target,
    own,
    patches,
    (patch, column) => patch.members[column],
  )
  const table = sql.table(COLLECTIONS[target.collection].table)
  const known = await compare(bulk.trx, target, table, stage, own)
  if (known.differing > 0) {
    const version = await bumpVersion(bulk.trx, target.communityId, target.collection)
    await updateChanged(bulk.trx, target, table, stage, own, version, { isEditedToo: true })
  }
  await dropStage(bulk.trx, stage)
  return { updated: known.differing, unchanged: known.all - known.differing }
}

/** Rows edited here: written after the import run that they carry, or by none. */
const IS_EDITED = sql`(r.at is distinct from b.updated_at)`

const lookUp = (target: Target, table: Table, stage: Table) => sql`${table} as b
  join ${stage} as s on s.community_id = b.community_id and s.id = b.id
  left join import_run as r on r.community_id = b.community_id and r.id = b.import_id
  where b.community_id = ${target.communityId}`

const differs = (own: readonly string[]) =>
  sql`(b.valid_to is not null or ${sql.join(
    own.map((column) => sql`${sql.ref(`b.${column}`)} is distinct from ${staged(column)}`),
    sql` or `,
  )})`

async function compare(
  trx: Transaction<Database>,
  target: Target,
  table: Table,
  stage: Table,
  own: readonly string[],
): Promise<{ all: number; differing: number; edited: number }> {
  const { rows } = await sql<{ all: number; differing: number; edited: number }>`
    select count(*)::int as all, count(*) filter (where differs)::int as differing, count(*) filter (where differs and edited)::int as edited
    from (select ${differs(own)} as differs, ${IS_EDITED} as edited from ${lookUp(target, table, stage)}) as known`.execute(
    trx,
  )
  return rows[0]!
}

/** A row edited here keeps its old run, so that it still counts as edited after a patch. */
async function updateChanged(
  trx: Transaction<Database>,
  target: Target,
  table: Table,
  stage: Table,
  own: readonly string[],
  version: number,
  { isEditedToo }: { isEditedToo: boolean },
): Promise<void> {
  const isPatch = !own.includes('source')
  const sets = sql.join(own.map((column) => sql`${sql.ref(column)} = ${unaliased(column)}`))
  await sql`update ${table} as t set ${sets}, valid_to = null, version = t.version + 1, changed_version = ${version}, updated_at = now(),
      import_id = case when ${isPatch} and u.edited then t.import_id else ${target.importId}::uuid end
    from (select b.id as found, ${IS_EDITED} as edited, ${sql.join(own.map((column) => sql`${staged(column)} as ${sql.ref(`new_${column}`)}`))} from ${lookUp(target, table, stage)} and ${differs(own)}) as u
    where t.community_id = ${target.communityId} and t.id = u.found and (${isEditedToo} or not u.edited)`.execute(
    trx,
  )
}

/** Rows `b` that the file no longer names, but for those that people changed here. */
const isGone = (target: Target & Taking, stage: Table) =>
  sql`b.community_id = ${target.communityId} and b.source = ${target.source} and b.valid_to is null
    and not exists (select from ${stage} as s where s.id = b.id)
    and (${target.isOverwriting} or exists (
      select from import_run as r where r.community_id = b.community_id and r.id = b.import_id and r.at = b.updated_at))`

async function countMissing(
  trx: Transaction<Database>,
  target: Target & Taking,
  table: Table,
  stage: Table,
): Promise<number> {
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from ${table} as b where ${isGone(target, stage)}`.execute(trx)
  return rows[0]!.n
}

async function retireMissing(
  trx: Transaction<Database>,
  target: Target & Taking,
  table: Table,
  stage: Table,
  version: number,
): Promise<void> {
  await sql`update ${table} as b set valid_to = now(), version = b.version + 1, changed_version = ${version}, updated_at = now(), import_id = ${target.importId}::uuid
    where ${isGone(target, stage)}`.execute(trx)
}

/** Takes out of the stage what would share an `external_id` with another live row. */
async function removeTaken(
  trx: Transaction<Database>,
  target: Target & Taking,
  table: Table,
  stage: Table,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    delete from ${stage} as s using ${table} as b
    where b.community_id = ${target.communityId} and b.external_id = s.external_id and b.id <> s.id and b.valid_to is null
      and not (${target.isRetiring} and b.source = ${target.source} and not exists (select from ${stage} as other where other.id = b.id))
    returning s.id`.execute(trx)
  return new Set(rows.map(({ id }) => id))
}

/** Not null in the table, and not every row of a file need say it. */
const staged = (column: string) =>
  column === 'status' ? sql`coalesce(s.status, 'draft')` : sql.ref(`s.${column}`)

const unaliased = (column: string) => sql.ref(`u.new_${column}`)

const columnList = (columns: readonly string[]) => sql.join(columns.map((name) => sql.ref(name)))
