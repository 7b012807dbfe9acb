import { createHmac } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../db/connect.ts'
import type { Database } from '../db/tables.ts'
import { ApiProblem } from './problem.ts'

const MOST_CHARACTERS = 200
const KEPT_HEADERS = ['content-type', 'location', 'etag']
/** An answer that never came within this time was lost with its process: the key may be used again. */
const ABANDONED_SECONDS = 60
const KEPT_HOURS = 48
/** Old keys are looked for this often, not with every answer: without an index that reads the whole table. */
const SWEEP_EVERY_MS = 10 * 60_000

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False where the first answer cannot stand for a second: signing in answers with a cookie. */
    isReplayable?: boolean
  }
  interface FastifyRequest {
    /** Owner and key under which the answer to this request is to be kept. */
    idempotency: { owner: string; key: string } | null
  }
}

/**
 * `Idempotency-Key` on POST: whoever sends a request again with the same key gets the first answer again. For two
 * days, per account (or address, where nobody signed in).
 */
export const idempotency = fastifyPlugin<{ engine: Engine; secret: string }>(
  async (app, { engine: { db }, secret }) => {
    app.decorateRequest('idempotency', null)
    let sweptAt = -Infinity
    app.addHook('preHandler', async (request, reply) => {
      const key = request.headers['idempotency-key']
      if (request.method !== 'POST' || key === undefined) return
      if (request.routeOptions.config.isReplayable === false) return
      if (typeof key !== 'string' || key.length === 0 || key.length > MOST_CHARACTERS)
        throw new ApiProblem(
          'request/invalid-parameter',
          `Idempotency-Key takes 1 to ${MOST_CHARACTERS} characters`,
          [{ path: 'Idempotency-Key', message: 'too long or empty' }],
        )
      return claim(db, secret, request, reply, key)
    })
    app.addHook('onSend', async (request, reply, payload) => {
      const claimed = request.idempotency
      if (!claimed) return payload
      // A failure of ours is no answer to keep: the next attempt shall really try.
      if (reply.statusCode >= 500 || typeof payload !== 'string') await forget(db, claimed)
      else await keep(db, claimed, reply, payload)
      if (performance.now() - sweptAt > SWEEP_EVERY_MS) {
        sweptAt = performance.now()
        await forgetOld(db)
      }
      return payload
    })
  },
  { name: 'idempotency' },
)

async function claim(
  db: Kysely<Database>,
  secret: string,
  request: FastifyRequest,
  reply: FastifyReply,
  key: string,
): Promise<FastifyReply | undefined> {
  const owner = request.person?.account_id ?? request.ip
  // Keyed, because bodies may hold passwords: a plain hash of a short one could be guessed from a copy of the table.
  const requestHash = createHmac('sha256', secret)
    .update(`${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest('hex')
  const claimed = await db
    .insertInto('idempotency_key')
    .values({ owner, key, request_hash: requestHash, status: null, headers: null, body: null })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst()
  if (claimed) {
    request.idempotency = { owner, key }
    return undefined
  }
  const known = await db
    .selectFrom('idempotency_key')
    .selectAll()
    .where('owner', '=', owner)
    .where('key', '=', key)
    .executeTakeFirst()
  if (known && known.request_hash !== requestHash)
    throw new ApiProblem(
      'request/idempotency-mismatch',
      'this Idempotency-Key was used for another request',
      [{ path: 'Idempotency-Key', message: 'make a new one for a new request' }],
    )
  if (!known || known.status === null) {
    if (known && Date.now() - known.created_at.getTime() > ABANDONED_SECONDS * 1000)
      await forget(db, { owner, key })
    throw new ApiProblem(
      'request/in-progress',
      'the first request with this Idempotency-Key is not answered yet',
      undefined,
      { 'retry-after': '1' },
    )
  }
  return reply
    .code(known.status)
    .headers({
      ...(known.headers as Record<string, string>),
      'idempotency-replayed': 'true',
    })
    .serializer((text: unknown) => text as string)
    .send(known.body)
}

async function keep(
  db: Kysely<Database>,
  claimed: { owner: string; key: string },
  reply: FastifyReply,
  body: string,
): Promise<void> {
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)]]
    }),
  )
  await db
    .updateTable('idempotency_key')
    .set({ status: reply.statusCode, headers: JSON.stringify(headers), body })
    .where('owner', '=', claimed.owner)
    .where('key', '=', claimed.key)
    .execute()
}

async function forgetOld(db: Kysely<Database>): Promise<void> {
  await db
    .deleteFrom('idempotency_key')
    .where('created_at', '<', sql<Date>`now() - make_interval(hours => ${KEPT_HOURS})`)
    .execute()
}

async function forget(
  db: Kysely<Database>,
  claimed: { owner: string; key: string },
): Promise<void> {
  await db
    .deleteFrom('idempotency_key')
    .where('owner', '=', claimed.owner)
    .where('key', '=', claimed.key)
    .execute()
}
