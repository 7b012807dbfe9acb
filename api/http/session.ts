import { createHash } from 'node:crypto'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import { verify } from '@node-rs/argon2'
import type { FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { type Kysely, sql } from 'kysely'
import type { Engine } from '../db/connect.ts'
import type { Database } from '../db/tables.ts'
import { ApiProblem } from './problem.ts'
import type { Person } from './rights.ts'
import { ABSOLUTE_DAYS, sessionStore } from './session-store.ts'
import { SignInGuard } from './sign-in-guard.ts'
import { SignInRecord } from './sign-in-record.ts'

declare module 'fastify' {
  interface Session {
    account_id?: string
  }
  interface FastifyInstance {
    signInGuard: SignInGuard
    signInRecord: SignInRecord
  }
  interface FastifyRequest {
    /** Who is asking; null for somebody who did not sign in. */
    person: Person | null
  }
}

export const SESSION_COOKIE = 'jiexu_session'

/** Knows who is asking: by the session's cookie, or by HTTP Basic for desktop GIS. */
export const sessions = fastifyPlugin<{ engine: Engine; secret: string }>(
  async (app, { engine, secret }) => {
    await app.register(cookie)
    await app.register(session, {
      secret,
      store: sessionStore(engine.db),
      cookieName: SESSION_COOKIE,
      saveUninitialized: false,
      rolling: false,
      cookie: {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: 'auto',
        maxAge: ABSOLUTE_DAYS * 86_400_000,
      },
    })
    app.decorate('signInGuard', new SignInGuard())
    app.decorate('signInRecord', new SignInRecord(engine.db, app.log))
    app.addHook('onClose', () => app.signInRecord.settled())
    const basic = new BasicCredentials(engine.db, app.signInGuard, app.signInRecord)
    app.decorateRequest('person', null)
    app.addHook('onRequest', async (request) => {
      refuseForeignOrigin(request)
      const accountId = request.session.account_id ?? (await basic.accountOf(request))
      if (accountId) request.person = await findPerson(engine.db, accountId)
    })
  },
  { name: 'sessions' },
)

/** The account with its memberships; null when it was disabled meanwhile. */
export async function findPerson(db: Kysely<Database>, accountId: string): Promise<Person | null> {
  const account = await db
    .selectFrom('account as a')
    .select(['a.id as account_id', 'a.login', 'a.display_name', 'a.locale', 'a.city_role'])
    .select(
      // With the account: this is asked with every request.
      sql<Person['memberships'] | null>`(
        select json_agg(json_build_object('community_id', m.community_id, 'slug', c.slug, 'role', m.role,
          'grid_ids', m.grid_ids, 'unit_id', m.unit_id, 'merchant_id', m.merchant_id) order by c.slug, m.role)
        from membership as m join community as c on c.id = m.community_id where m.account_id = a.id)`.as(
        'memberships',
      ),
    )
    .where('a.id', '=', accountId)
    .where('a.disabled_at', 'is', null)
    .executeTakeFirst()
  return account ? { ...account, memberships: account.memberships ?? [] } : null
}

/**
 * The account whose password this is; null when either is wrong. An unknown login costs the same time as a wrong
 * password, so nobody learns which logins there are.
 */
export async function checkPassword(
  db: Kysely<Database>,
  login: string,
  password: string,
): Promise<string | null> {
  const account = await db
    .selectFrom('account')
    .select(['id', 'password_hash'])
    .where('login', '=', login.toLowerCase().replaceAll('\0', ''))
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  const isRight = await verify(account?.password_hash ?? NOBODYS_HASH, password)
  return account && isRight ? account.id : null
}

/** A hash of no password, with the costs that argon2 has by default. */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$6k8P1Yc1Hq8mO1Y1b5cXo1Jq5y7h0o5d0T3kq0r9lZs'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser says where a request comes from; writing is only for the service's own pages. Programs send neither
 * header and have no cookie that a stranger's page could use.
 */
function refuseForeignOrigin(request: FastifyRequest): void {
  if (READING.has(request.method)) return
  const site = request.headers['sec-fetch-site']
  const origin = request.headers.origin
  const isForeign = site
    ? site !== 'same-origin' && site !== 'none'
    : origin !== undefined && hostOf(origin) !== request.host
  if (isForeign)
    throw new ApiProblem('request/foreign-origin', 'written from a page of another site')
}

function hostOf(origin: string): string | null {
  try {
    return new URL(origin).host
  } catch {
    return null
  }
}

/** HTTP Basic; a right password is remembered for a minute, because a GIS sends it with each of its many requests. */
class BasicCredentials {
  readonly #db: Kysely<Database>
  readonly #guard: SignInGuard
  readonly #record: SignInRecord
  readonly #known = new Map<string, { accountId: string; until: number }>()

  constructor(db: Kysely<Database>, guard: SignInGuard, record: SignInRecord) {
    this.#db = db
    this.#guard = guard
    this.#record = record
  }

  /** @throws ApiProblem 401 when credentials were sent and are wrong. */
  async accountOf(request: FastifyRequest): Promise<string | null> {
    const [scheme, encoded] = (request.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'basic' || !encoded) return null
    const key = createHash('sha256').update(encoded).digest('base64')
    const known = this.#known.get(key)
    if (known && known.until > Date.now()) return known.accountId
    this.#known.delete(key)
    const [login, password] = splitAtColon(Buffer.from(encoded, 'base64').toString())
    const accountId = await this.#guard.attempt(login, request.ip, () =>
      checkPassword(this.#db, login, password),
    )
    if (!accountId) {
      this.#record.refused(login, 'basic', request.id)
      throw new ApiProblem('session/refused', 'login or password is wrong', undefined, {
        'www-authenticate': 'Basic realm="Jiexu", charset="UTF-8"',
      })
    }
    await this.#record.accepted(accountId, 'basic', request.id)
    if (this.#known.size > 1000) this.#known.clear()
    this.#known.set(key, { accountId, until: Date.now() + 60_000 })
    return accountId
  }
}

function splitAtColon(text: string): [login: string, password: string] {
  const colon = text.indexOf(':')
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
}
