import { EventEmitter } from 'node:events'
import { type Kysely, type RawBuilder, type Transaction, sql } from 'kysely'
import type { Database } from './tables.ts'

/** Something in one layer of one community was written; `version` counts up by one a writing transaction. */
export interface Change {
  community_id: string
  layer: string
  version: number
}

/** Other instances' writes are seen by comparing versions this often: well within the second that is promised. */
const POLL_MS = 250

/**
 * Counts the layer's version up, in the writer's own transaction, and returns it. The row stays locked until
 * commit, so versions become visible in the order in which they were given.
 */
export async function bumpVersion(
  trx: Transaction<Database>,
  communityId: string,
  layer: string,
): Promise<number> {
  const row = await trx
    .insertInto('layer_version')
    .values({ community_id: communityId, layer, version: 1 })
    .onConflict((conflict) =>
      conflict.columns(['community_id', 'layer']).doUpdateSet({
        version: sql`layer_version.version + 1`,
        changed_at: sql`clock_timestamp()`,
      }),
    )
    .returning('version')
    .executeTakeFirstOrThrow()
  return Number(row.version)
}

/** The same as a statement that answers nothing, for whoever runs several at once. */
export const versionRow = (communityId: string, layer: string): RawBuilder<unknown> => sql`
  insert into layer_version as v (community_id, layer, version) values (${communityId}, ${layer}, 1)
  on conflict (community_id, layer) do update set version = v.version + 1, changed_at = clock_timestamp()`

/** Tells this process of writes by any instance: at once of its own, within a quarter second of the others'. */
export class ChangeFeed {
  readonly #db: Kysely<Database>
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #versions = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #polling: Promise<void> | undefined
  #looking: Promise<void> | undefined
  #next: Promise<void> | undefined
  #isStopped = false
  #count = 0

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** Reads today's versions, then looks again and again until `stop`. */
  async start(): Promise<void> {
    for (const change of await this.#read()) this.#remember(change)
    this.#schedule()
  }

  /** The version known here, 0 before the first write. */
  version(communityId: string, layer: string): number {
    return this.#versions.get(`${communityId} ${layer}`) ?? 0
  }

  /** Grows with every change seen here: while it stands still, so do all versions. */
  get count(): number {
    return this.#count
  }

  /** Calls `listener` for each change until the returned function is called. */
  onChange(listener: (change: Change) => void): () => void {
    this.#events.on('change', listener)
    return () => this.#events.off('change', listener)
  }

  /** Reads the versions now: a writer calls it after its commit, so that nobody here waits for the next look. */
  refresh(): Promise<void> {
    this.#next ??= this.#lookNext()
    return this.#next
  }

  /** What is being read now may have begun before a writer's commit. All who come meanwhile share the look after it. */
  async #lookNext(): Promise<void> {
    await this.#polling
    await this.#looking?.catch(() => {})
    this.#next = undefined
    this.#looking = this.#poll()
    await this.#looking
  }

  /** Ends the looking; no listener is called afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#polling
    this.#events.removeAllListeners()
  }

  #schedule(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      // A database that is down comes back; until then the versions known here stay in force.
      this.#polling = this.#poll()
        .catch(() => {})
        .finally(() => this.#schedule())
    }, POLL_MS)
    this.#timer.unref()
  }

  async #poll(): Promise<void> {
    for (const change of await this.#read())
      if (this.#remember(change) && !this.#isStopped) this.#events.emit('change', change)
  }

  #remember(change: Change): boolean {
    const key = `${change.community_id} ${change.layer}`
    if ((this.#versions.get(key) ?? 0) >= change.version) return false
    this.#versions.set(key, change.version)
    this.#count++
    return true
  }

  async #read(): Promise<Change[]> {
    const rows = await this.#db
      .selectFrom('layer_version')
      .select(['community_id', 'layer', 'version'])
      .execute()
    return rows.map((row) => ({ ...row, version: Number(row.version) }))
  }
}
