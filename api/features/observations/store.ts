import { sql, type Transaction } from 'kysely'
import { asCommunityInBulk, type BulkTransaction } from '../../db/bulk.ts'
import type { BulkColumns } from '../../db/bulk-rows.ts'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import type { ObservationBatch, ObservationCells } from './batch.ts'
import { ENCODED_COLUMNS, encodeRows, type Rows } from './encode-rows.ts'
import { newIds } from './new-ids.ts'

export const OBSERVATION_COLUMNS = {
  id: 'uuid',
  observed_at: 'timestamptz',
  kind: 'text',
  method: 'text',
  place_kind: 'text',
  place_id: 'uuid',
  outside_bay: 'bool',
  counted: 'int4',
  illegal_count: 'int4',
  vehicle_class: 'text',
  confidence: 'float4',
  lon: 'float8',
  lat: 'float8',
  survey_id: 'uuid',
} satisfies BulkColumns

/** What became of a row that is not stored as a new one. */
export type Outcome = 'duplicate' | 'clash'

/** Rows that are not stored as new ones, by their number in the batch. */
export type Outcomes = ReadonlyMap<number, Outcome>

interface Job {
  batch: ObservationBatch
  done: (outcomes: Outcomes) => void
  failed: (error: unknown) => void
}

/** Requests that wait for each other: of one community, with sent ids or all without. */
interface Lane {
  waiting: Job[]
  writers: number
}

/** Rows of waiting requests that share one transaction: above it a transaction only gets longer, not cheaper. */
const MOST_ROWS_TOGETHER = 50_000
/** While one transaction waits for the disk or for this process, the other one keeps the database busy. */
const MOST_WRITERS = 2
/** Older months share the rest partition: a few stray readings each are not worth a table. */
const MONTHS_OF_THEIR_OWN = 24
const MONTH_MS = 30.44 * 86_400_000

const lanes = new WeakMap<Engine, Map<string, Lane>>()
const knownMonths = new WeakMap<Engine, Set<string>>()

/**
 * Stores rows durably (committed when it resolves) and counts the community's layer `observations` up when anything was
 * new. A row whose sent id is known is a `duplicate` when its content is the same and a `clash` when it is not.
 * Requests that arrive while transactions are under way share the next one, so a crowd of senders costs few commits.
 */
export function storeBatch(
  engine: Engine,
  communityId: string,
  batch: ObservationBatch,
): Promise<Outcomes> {
  if (batch.length === 0) return Promise.resolve(new Map())
  let ofEngine = lanes.get(engine)
  if (!ofEngine) lanes.set(engine, (ofEngine = new Map<string, Lane>()))
  const key = `${communityId} ${batch.hasSentIds}`
  const lane = ofEngine.get(key) ?? { waiting: [], writers: 0 }
  ofEngine.set(key, lane)
  // Rows with sent ids are written by one at a time anyway, and the embedded engine has one connection.
  const most = batch.hasSentIds || engine.kind !== 'server' ? 1 : MOST_WRITERS
  return new Promise((done, failed) => {
    lane.waiting.push({ batch, done, failed })
    if (lane.writers < most) void workOff(engine, communityId, lane)
  })
}

/** The ids among `ids` that are surveys of the community. */
export async function knownSurveys(
  engine: Engine,
  communityId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  return asCommunities(engine.db, [communityId], async (trx) => {
    const rows = await trx
      .selectFrom('survey')
      .select('id')
      .where('community_id', '=', communityId)
      .where('id', 'in', [...ids])
      .execute()
    return new Set(rows.map((row) => row.id))
  })
}

async function workOff(engine: Engine, communityId: string, lane: Lane): Promise<void> {
  lane.writers++
  const { waiting } = lane
  for (;;) {
    const jobs: Job[] = []
    let rows = 0
    while (
      waiting[0] &&
      (jobs.length === 0 || rows + waiting[0].batch.length <= MOST_ROWS_TOGETHER)
    )
      rows += jobs[jobs.push(waiting.shift()!) - 1]!.batch.length
    if (jobs.length === 0) break
    try {
      const outcomes = await storeTogether(engine, communityId, jobs)
      jobs.forEach((job, i) => job.done(outcomes[i]!))
    } catch (error) {
      if (jobs.length === 1) jobs[0]!.failed(error)
      // One request's fault must not refuse the others that only happened to share its transaction.
      else
        for (const job of jobs)
          await storeTogether(engine, communityId, [job]).then(
            ([outcomes]) => job.done(outcomes!),
            (alone: unknown) => job.failed(alone),
          )
    }
  }
  lane.writers--
}

async function storeTogether(
  engine: Engine,
  communityId: string,
  jobs: readonly Job[],
): Promise<Outcomes[]> {
  await ensureMonths(engine, communityId, jobs)
  return asCommunityInBulk(engine, communityId, async (bulk) => {
    const outcomes = await findOutcomes(bulk.trx, communityId, jobs)
    const fresh = jobs.map(({ batch }, j) => ({ batch, only: freshRows(batch, outcomes[j]!) }))
    if (fresh.some(({ batch, only }) => (only ?? batch).length > 0)) {
      await insertRows(engine, bulk, communityId, fresh)
      await bumpVersion(bulk.trx, communityId, 'observations')
    }
    return outcomes
  })
}

/** Null for all of them. */
function freshRows({ length, leftOut }: ObservationBatch, outcomes: Outcomes): number[] | null {
  if (leftOut.size + outcomes.size === 0) return null
  return numbersTo(length).filter((i) => !leftOut.has(i) && !outcomes.has(i))
}

const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

async function insertRows(
  engine: Engine,
  bulk: BulkTransaction,
  communityId: string,
  parts: readonly Rows[],
): Promise<void> {
  const now = Date.now()
  if (engine.kind === 'server')
    return bulk.insertEncoded('observation', ENCODED_COLUMNS, encodeRows(communityId, parts, now))
  const cells = parts.flatMap(({ batch, only }) => {
    const ids = newIds(batch.length, now)
    return (only ?? numbersTo(batch.length)).map((i) => batch.cellsOf(i, batch.ids[i] ?? ids[i]!))
  })
  return bulk.insert('observation', OBSERVATION_COLUMNS, cells)
}

/** What is known already of rows with sent ids, in the database or further up in the same jobs. */
async function findOutcomes(
  trx: Transaction<Database>,
  communityId: string,
  jobs: readonly Job[],
): Promise<Outcomes[]> {
  if (!jobs.some(({ batch }) => batch.hasSentIds)) return jobs.map(() => new Map())
  const ids = jobs.flatMap(({ batch }) => batch.ids.filter((id) => id !== null))
  // One writer a community at a time: nobody else's row of the same id can slip between looking and writing. Ids made
  // here are nobody else's.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`observation ${communityId}`}, 0))`.execute(
    trx,
  )
  const known = await findKnown(trx, communityId, ids)
  return jobs.map(({ batch }) => {
    const outcomes = new Map<number, Outcome>()
    batch.ids.forEach((id, i) => {
      if (id === null || batch.leftOut.has(i)) return
      const content = contentOf(batch.cellsOf(i, id), batch.at_us[i]! / 1000)
      const before = known.get(id)
      if (before === undefined) known.set(id, content)
      else outcomes.set(i, before === content ? 'duplicate' : 'clash')
    })
    return outcomes
  })
}

async function findKnown(
  trx: Transaction<Database>,
  communityId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await trx
    .selectFrom('observation')
    .selectAll()
    .where('community_id', '=', communityId)
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute()
  return new Map(
    rows.map((row) => [
      row.id,
      contentOf(
        [
          row.id,
          '',
          row.kind,
          row.method,
          row.place_kind,
          row.place_id,
          row.outside_bay,
          row.counted,
          row.illegal_count,
          row.vehicle_class,
          row.confidence,
          row.lon,
          row.lat,
          row.survey_id,
        ],
        row.observed_at.getTime(),
      ),
    ]),
  )
}

/**
 * What the sender said, as text; `at` in epoch milliseconds, all that is read of a stored instant. Where a detection was
 * put is our own finding and may change with the inventory.
 */
function contentOf(cells: ObservationCells, at: number): string {
  const [, , kind, method, placeKind, placeId, , counted, illegal, vehicle, confidence, lon, lat] =
    cells
  const place = kind === 'detection' ? [lon, lat] : [placeKind, placeId, counted, illegal]
  const sure = confidence === null ? null : Math.fround(confidence)
  return JSON.stringify([Math.floor(at), kind, method, ...place, vehicle, sure, cells[13]])
}

/** Makes the months' partitions before the transaction: making one waits for everyone who uses the table. */
async function ensureMonths(
  engine: Engine,
  communityId: string,
  jobs: readonly Job[],
): Promise<void> {
  let made = knownMonths.get(engine)
  if (!made) knownMonths.set(engine, (made = new Set()))
  const first = Date.now() - MONTHS_OF_THEIR_OWN * MONTH_MS
  const missing = new Set<string>()
  let [from, to] = [0, 0]
  for (const job of jobs)
    for (let i = 0; i < job.batch.length; i++) {
      const at = job.batch.at_us[i]! / 1000
      // Most rows lie in the month of the row before.
      if (at < first || (at >= from && at < to)) continue
      const day = new Date(at)
      from = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1)
      to = Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1)
      const month = day.toISOString().slice(0, 7)
      if (!made.has(month)) missing.add(month)
    }
  for (const month of missing) {
    await asCommunities(engine.db, [communityId], (trx) =>
      sql`select ensure_observation_month(${`${month}-01`}::date)`.execute(trx),
    )
    made.add(month)
  }
}
