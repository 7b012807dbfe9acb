import type { Transaction } from 'kysely'
import { asCommunityInBulk, type BulkTransaction } from '../../db/bulk.ts'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import type { ObservationBatch } from './batch.ts'
import { ENCODED_COLUMNS, encodeRows, type Rows } from './encode-rows.ts'
import { newIds } from './new-ids.ts'
import { contentOf, ensureMonths, findKnown, lockIds, OBSERVATION_COLUMNS } from './store.ts'

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
const lanes = new WeakMap<Engine, Map<string, Lane>>()

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
  await ensureMonths(
    engine,
    communityId,
    jobs.map(({ batch }) => batch),
  )
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
  await lockIds(trx, communityId)
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
