import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { hash } from '@node-rs/argon2'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { recordChange } from '../../http/audit-record.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { type Action, mayDo, type Person, requireRight, RIGHTS } from '../../http/rights.ts'
import { checkPassword, findPerson, SESSION_COOKIE } from '../../http/session.ts'
import { endSessionsOf } from '../../http/session-store.ts'
import { Uuid } from '../../http/shapes.ts'
import type { Settings } from '../../settings.ts'
import {
  AccountChange,
  type AccountView,
  CommunityQuery,
  Credentials,
  DemoAccounts,
  MembersReply,
  MemberView,
  NewAccount,
  SessionReply,
} from './contract.ts'
import { DEMO_ACCOUNTS } from './demo.ts'
import {
  countOtherCommunities,
  findMembers,
  insertAccount,
  setRoles,
  updateAccount,
} from './store.ts'

const TAGS = ['people']

/** Signing in and out, and the accounts of a community. */
export function accountRoutes(parts: {
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
        if (!person) throw new ApiProblem('session/refused', 'login or password is wrong')
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

    app.get(
      '/accounts',
      {
        schema: {
          tags: TAGS,
          summary: 'Accounts with a role in the community',
          querystring: CommunityQuery,
          response: { 200: MembersReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_accounts')
        return { accounts: await findMembers(db, community.id) }
      },
    )

    app.post(
      '/accounts',
      {
        schema: {
          tags: TAGS,
          summary: 'Create an account',
          querystring: CommunityQuery,
          body: NewAccount,
          response: { 201: MemberView },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_accounts')
        const { roles, password, login, display_name, locale = 'zh-CN' } = request.body
        const password_hash = await hash(password)
        const member = await db.transaction().execute(async (trx) => {
          const account = { login, display_name, locale, password_hash, is_demo: false }
          const id = await insertAccount(trx, account, community.id, roles)
          if (!id)
            throw new ApiProblem('accounts/login-taken', `there is an account "${login}" already`, [
              { path: 'login', message: 'choose another' },
            ])
          const [after] = await findMembers(trx, community.id, id)
          await recordChange(trx, auditOf(request, community.id, 'create', id, null, after))
          return after!
        })
        return reply.code(201).send(member)
      },
    )

    app.patch(
      '/accounts/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'Change an account: name, language, password, roles, disabled',
          params: Type.Object({ id: Uuid }),
          querystring: CommunityQuery,
          body: AccountChange,
          response: { 200: MemberView },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_accounts')
        const { id } = request.params
        const { roles, password, ...change } = request.body
        const password_hash = password === undefined ? undefined : await hash(password)
        const member = await db.transaction().execute(async (trx) => {
          const [before] = await findMembers(trx, community.id, id)
          if (!before) throw new ApiProblem('accounts/not-found', `there is no account ${id} here`)
          const isOwnBusiness =
            request.person?.city_role === 'admin' ||
            (await countOtherCommunities(trx, id, community.id)) === 0
          if (!isOwnBusiness && Object.keys(request.body).some((member) => member !== 'roles'))
            throw new ApiProblem(
              'rights/missing',
              'the account belongs to other communities too: only its roles here can be changed',
            )
          await updateAccount(trx, id, { ...change, password_hash })
          if (roles) await setRoles(trx, community.id, id, roles)
          const [after] = await findMembers(trx, community.id, id)
          await recordChange(
            trx,
            auditOf(request, community.id, 'update', id, before, {
              ...after,
              // That it changed is on record, never what it is.
              ...(password_hash && { password: 'changed' }),
            }),
          )
          return after!
        })
        if (password !== undefined || change.disabled) await endSessionsOf(db, id)
        return member
      },
    )
  }
}

function viewOf(person: Person): AccountView {
  const communities = new Set(person.memberships.map((membership) => membership.community_id))
  return {
    ...person,
    rights: Object.fromEntries(
      [...communities].map((id) => [
        id,
        (Object.keys(RIGHTS) as Action[]).filter((action) => mayDo(person, id, action)),
      ]),
    ),
  }
}

function auditOf(
  request: { person: Person | null; id: string },
  communityId: string,
  action: 'create' | 'update',
  accountId: string,
  before: unknown,
  after: unknown,
) {
  return {
    community_id: communityId,
    actor_id: request.person?.account_id ?? null,
    action,
    collection: 'accounts',
    record_id: accountId,
    before,
    after,
    reason: null,
    request_id: request.id,
  }
}
