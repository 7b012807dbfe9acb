import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../db/tables.ts'
import { recordChange } from './audit-record.ts'

/** A desktop GIS signs in with each of its requests: one line an hour tells as much. */
const BASIC_EVERY_MS = 60 * 60_000
/** Refused sign-ins of one account: whoever guesses shall not fill the audit. */
const REFUSED_EVERY_MS = 15 * 60_000
const MOST_REMEMBERED = 10_000

type Way = 'page' | 'basic'

/**
 * Sign-ins in the audit of each community that the account belongs to: who, when and by which way; no address, no
 * device. Refused ones are there without an actor, once a quarter of an hour for each account that there is; what was
 * typed is kept nowhere.
 */
export class SignInRecord {
  readonly #db: Kysely<Database>
  readonly #log: FastifyBaseLogger
  readonly #now: () => number
  readonly #latest = new Map<string, number>()
  readonly #writing = new Set<Promise<void>>()

  constructor(db: Kysely<Database>, log: FastifyBaseLogger, now: () => number = Date.now) {
    this.#db = db
    this.#log = log
    this.#now = now
  }

  /** Resolves when it is written. */
  async accepted(accountId: string, way: Way, requestId: string): Promise<void> {
    if (way === 'basic' && !this.#isDue(`basic ${accountId}`, BASIC_EVERY_MS)) return
    await this.#write(accountId, accountId, { way }, null, requestId)
  }

  /**
   * Returns at once and writes later: the answer to a wrong password must not take longer for a login that there is.
   */
  refused(login: string, way: Way, requestId: string): void {
    const writing = this.#writeRefused(login, way, requestId)
      .catch((error: unknown) => this.#log.error({ err: error }, 'refused sign-in not recorded'))
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  /** Resolves when nothing is left to write. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing)
  }

  async #writeRefused(login: string, way: Way, requestId: string): Promise<void> {
    const account = await this.#db
      .selectFrom('account')
      .select('id')
      .where('login', '=', login.toLowerCase().replaceAll('\0', ''))
      .executeTakeFirst()
    if (!account || !this.#isDue(`refused ${account.id}`, REFUSED_EVERY_MS)) return
    await this.#write(account.id, null, { way }, 'refused', requestId)
  }

  async #write(
    accountId: string,
    actorId: string | null,
    after: { way: Way },
    reason: string | null,
    requestId: string,
  ): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      const communities = await trx
        .selectFrom('membership')
        .select('community_id')
        .distinct()
        .where('account_id', '=', accountId)
        .execute()
      for (const { community_id } of communities)
        await recordChange(trx, {
          community_id,
          actor_id: actorId,
          action: 'sign_in',
          collection: 'accounts',
          record_id: accountId,
          before: null,
          after,
          reason,
          request_id: requestId,
        })
    })
  }

  #isDue(key: string, every_ms: number): boolean {
    const now = this.#now()
    if (now - (this.#latest.get(key) ?? -Infinity) < every_ms) return false
    this.#latest.delete(key)
    this.#latest.set(key, now)
    if (this.#latest.size > MOST_REMEMBERED) this.#latest.delete(this.#latest.keys().next().value!)
    return true
  }
}
