import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { hash } from '@node-rs/argon2'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { recordChange } from '../../http/audit-record.ts'
import { ApiProblem } from '../../http/problem.ts'
import { type Action, mayDo, type Person, RIGHTS } from '../../http/rights.ts'
import { checkPassword, findPerson, SESSION_COOKIE } from '../../http/session.ts'
import { endSessionsOf } from '../../http/session-store.ts'
import type { Settings } from '../../settings.ts'
import {
  type AccountView,
  Credentials,
  DemoAccounts,
  PasswordChange,
  SessionReply,
} from './contract.ts'
import { DEMO_ACCOUNTS } from './demo.ts'
import { isDemo, updateAccount } from './store.ts'

const TAGS = ['people']

/** Signing in and out, and what everybody does with the own account. */
export function sessionRoutes(parts: {
  engine: Engine
  settings: Settings
}): FastifyPluginAsyncTypebox {
  const { db } = parts.engine
  return async (app) => {
    app.post(
      '/session',
      {
        schema: {
          tags: TAGS,
          summary: 'Sign in',
          body: Credentials,
          response: { 200: SessionReply },
        },
        config: {
          // Checking a password is made to cost: far fewer of them than of other requests.
          rateLimit: { max: 30, timeWindow: '1 minute' },
          isReplayable: false,
        },
      },
      async (request) => {
        const { login, password } = request.body
        const accountId = await app.signInGuard.attempt(login, request.ip, () =>
          checkPassword(db, login, password),
        )
        const person = accountId && (await findPerson(db, accountId))
        if (!person) {
          app.signInRecord.refused(login, 'page', request.id)
          throw new ApiProblem('session/refused', 'login or password is wrong')
        }
        await app.signInRecord.accepted(person.account_id, 'page', request.id)
        await request.session.regenerate()
        request.session.account_id = person.account_id
        return { account: viewOf(person) }
      },
    )

    app.get(
      '/session',
      { schema: { tags: TAGS, summary: 'Who is signed in', response: { 200: SessionReply } } },
      async (request, reply) => {
        reply.header('cache-control', 'no-store')
        return { account: request.person && viewOf(request.person) }
      },
    )

    app.delete(
      '/session',
      { schema: { tags: TAGS, summary: 'Sign out', response: { 204: Type.Null() } } },
      async (request, reply) => {
        await request.session.destroy()
        return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send(null)
      },
    )

    app.delete(
      '/sessions',
      {
        schema: {
          tags: TAGS,
          summary: 'Sign out everywhere: ends every session of the account',
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        await endSessionsOf(db, signedIn(request).account_id)
        await request.session.destroy()
        return reply.clearCookie(SESSION_COOKIE, { path: '/' }).code(204).send(null)
      },
    )

    app.post(
      '/session/password',
      {
        schema: {
          tags: TAGS,
          summary: "Change one's own password; ends every other session of the account",
          body: PasswordChange,
          response: { 200: SessionReply },
        },
        config: { rateLimit: { max: 30, timeWindow: '1 minute' }, isReplayable: false },
      },
      async (request) => {
        const person = signedIn(request)
        const { old_password, new_password } = request.body
        if (await isDemo(db, person.account_id))
          throw new ApiProblem('accounts/demo', 'the passwords of the demo accounts are public')
        const isRight = await app.signInGuard.attempt(person.login, request.ip, () =>
          checkPassword(db, person.login, old_password),
        )
        if (!isRight) {
          app.signInRecord.refused(person.login, 'page', request.id)
          throw new ApiProblem('accounts/wrong-password', 'the old password is wrong', [
            { path: 'old_password', message: 'is wrong' },
          ])
        }
        const password_hash = await hash(new_password)
        await db.transaction().execute(async (trx) => {
          await updateAccount(trx, person.account_id, { password_hash })
          for (const community_id of communitiesOf(person))
            await recordChange(trx, {
              community_id,
              actor_id: person.account_id,
              action: 'update',
              collection: 'accounts',
              record_id: person.account_id,
              before: null,
              after: { password: 'changed' },
              reason: null,
              request_id: request.id,
            })
        })
        await endSessionsOf(db, person.account_id)
        // Whoever came by HTTP Basic has no session to go on with.
        if (request.session.account_id) {
          await request.session.regenerate()
          request.session.account_id = person.account_id
        }
        return { account: viewOf(person) }
      },
    )

    app.get(
      '/session/demo_accounts',
      {
        schema: {
          tags: TAGS,
          summary: "The sample's accounts; none on a server of one's own",
          response: { 200: DemoAccounts },
        },
      },
      async () => ({ accounts: parts.settings.isSample ? DEMO_ACCOUNTS : [] }),
    )
  }
}

function viewOf(person: Person): AccountView {
  return {
    ...person,
    rights: Object.fromEntries(
      communitiesOf(person).map((id) => [
        id,
        (Object.keys(RIGHTS) as Action[]).filter((action) => mayDo(person, id, action)),
      ]),
    ),
  }
}

const communitiesOf = (person: Person): string[] => [
  ...new Set(person.memberships.map((membership) => membership.community_id)),
]

function signedIn(request: FastifyRequest): Person {
  if (!request.person) throw new ApiProblem('session/required', 'sign in first')
  return request.person
}
