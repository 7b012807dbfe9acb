import { sql, type Transaction } from 'kysely'
import { asCommunityInBulk, type BulkTransaction } from '../../db/bulk.ts'
import type { BulkColumns } from '../../db/bulk-rows.ts'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'

/** A row of `observation` in the order of `OBSERVATION_COLUMNS`; instants as RFC 3339 text. */
export type ObservationCells = [
  id: string,
  observed_at: string,
  kind: string,
  method: string,
  place_kind: string | null,
  place_id: string | null,
  outside_bay: boolean,
  counted: number,
  illegal_count: number | null,
  vehicle_class: string | null,
  confidence: number | null,
  lon: number | null,
  lat: number | null,
  survey_id: string | null,
]

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

/** A row to store; `at` is its instant in epoch milliseconds, `is_sent_id` false where the id was made here. */
export interface NewObservation {
  cells: ObservationCells
  at: number
  is_sent_id: boolean
}

/** What became of rows, each by its place in the list. */
export type Outcome = 'stored' | 'duplicate' | 'clash'

interface Job {
  rows: readonly NewObservation[]
  done: (outcomes: Outcome[]) => void
  failed: (error: unknown) => void
}

/** Rows of waiting requests that share one transaction: above it a transaction only gets longer, not cheaper. */
const MOST_ROWS_TOGETHER = 50_000
/** Older months share the rest partition: a few stray readings each are not worth a table. */
const MONTHS_OF_THEIR_OWN = 24
const MONTH_MS = 30.44 * 86_400_000

const queues = new WeakMap<Engine, Map<string, Job[]>>()
const knownMonths = new WeakMap<Engine, Set<string>>()

/**
 * Stores rows durably (committed when it resolves) and counts the community's layer `observations` up when anything was
 * new. A row whose sent id is known is a `duplicate` when its content is the same and a `clash` when it is not.
 * Requests that arrive while a transaction is under way share the next one, so a crowd of senders costs few commits.
 */
export function storeRows(
  engine: Engine,
  communityId: string,
  rows: readonly NewObservation[],
): Promise<Outcome[]> {
  if (rows.length === 0) return Promise.resolve([])
  let ofEngine = queues.get(engine)
  if (!ofEngine) queues.set(engine, (ofEngine = new Map<string, Job[]>()))
  const communities = ofEngine
  return new Promise((done, failed) => {
    const waiting = communities.get(communityId)
    const job = { rows, done, failed }
    if (waiting) waiting.push(job)
    else {
      communities.set(communityId, [job])
      void workOff(engine, communityId, communities)
    }
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

async function workOff(
  engine: Engine,
  communityId: string,
  communities: Map<string, Job[]>,
): Promise<void> {
  for (;;) {
    const waiting = communities.get(communityId)!
    const jobs: Job[] = []
    let rows = 0
    while (waiting[0] && (jobs.length === 0 || rows + waiting[0].rows.length <= MOST_ROWS_TOGETHER))
      rows += jobs[jobs.push(waiting.shift()!) - 1]!.rows.length
    if (jobs.length === 0) {
      communities.delete(communityId)
      return
    }
    try {
      const outcomes = await storeTogether(engine, communityId, jobs)
      jobs.forEach((job, i) => job.done(outcomes[i]!))
    } catch (error) {
      if (jobs.length === 1) jobs[0]!.failed(error)
      // One request's fault must not refuse the others that only happened to share its transaction.
      else
        for (const job of jobs)
          await storeTogether(engine, communityId, [job]).then(
            ([outcome]) => job.done(outcome!),
            (alone: unknown) => job.failed(alone),
          )
    }
  }
}

async function storeTogether(
  engine: Engine,
  communityId: string,
  jobs: readonly Job[],
): Promise<Outcome[][]> {
  await ensureMonths(engine, communityId, jobs)
  return asCommunityInBulk(engine, communityId, async (bulk) => {
    // One writer a community at a time: nobody else's row of the same id can slip between looking and writing.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`observation ${communityId}`}, 0))`.execute(
      bulk.trx,
    )
    return write(bulk, communityId, jobs)
  })
}

async function write(
  bulk: BulkTransaction,
  communityId: string,
  jobs: readonly Job[],
): Promise<Outcome[][]> {
  const sentIds: string[] = []
  for (const job of jobs) for (const row of job.rows) if (row.is_sent_id) sentIds.push(row.cells[0])
  const known = await findKnown(bulk.trx, communityId, sentIds)
  const fresh: ObservationCells[] = []
  const outcomes = jobs.map((job) =>
    job.rows.map((row): Outcome => {
      const before = row.is_sent_id ? known.get(row.cells[0]) : undefined
      if (before !== undefined) return before === contentOf(row) ? 'duplicate' : 'clash'
      if (row.is_sent_id) known.set(row.cells[0], contentOf(row))
      fresh.push(row.cells)
      return 'stored'
    }),
  )
  if (fresh.length > 0) {
    await bulk.insert('observation', OBSERVATION_COLUMNS, fresh)
    await bumpVersion(bulk.trx, communityId, 'observations')
  }
  return outcomes
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
      contentOf({
        at: row.observed_at.getTime(),
        cells: [
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
      }),
    ]),
  )
}

/** What the sender said, as text. Where a detection was put is our own finding and may change with the inventory. */
function contentOf({ at, cells }: Pick<NewObservation, 'at' | 'cells'>): string {
  const [, , kind, method, placeKind, placeId, , counted, illegal, vehicle, confidence, lon, lat] =
    cells
  const place = kind === 'detection' ? [lon, lat] : [placeKind, placeId, counted, illegal]
  const sure = confidence === null ? null : Math.fround(confidence)
  return JSON.stringify([at, kind, method, ...place, vehicle, sure, cells[13]])
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
    for (const { at } of job.rows) {
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
