import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { hash } from '@node-rs/argon2'
import type { Transaction } from 'kysely'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import type { Database, Role } from '../../db/tables.ts'
import { recordChange } from '../../http/audit-record.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { type Person, requireRight, rolesToGive } from '../../http/rights.ts'
import { endSessionsOf } from '../../http/session-store.ts'
import { Uuid } from '../../http/shapes.ts'
import type { Settings } from '../../settings.ts'
import { AccountChange, CommunityQuery, MembersReply, MemberView, NewAccount } from './contract.ts'
import { sessionRoutes } from './session-routes.ts'
import {
  findMembers,
  insertAccount,
  isOwnOf,
  type Scope,
  scopeFault,
  setRoles,
  setScope,
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
    await app.register(sessionRoutes(parts))

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
        const { roles, password, login, display_name, locale = 'zh-CN', ...scope } = request.body
        refuseRoles(request.person, community.id, roles)
        const password_hash = await hash(password)
        const member = await db.transaction().execute(async (trx) => {
          await refuseFaults(trx, community.id, roles, scope)
          const account = { login, display_name, locale, password_hash, is_demo: false }
          const id = await insertAccount(trx, account, community.id, roles, scope)
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
          summary:
            'Change an account: name, language, password, roles, grids, unit, merchant, disabled',
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
        const { roles, grid_ids, unit_id, merchant_id, password, ...change } = request.body
        const scope = { grid_ids, unit_id, merchant_id }
        const password_hash = password === undefined ? undefined : await hash(password)
        const isOfAccount = password_hash !== undefined || Object.keys(change).length > 0
        const member = await db.transaction().execute(async (trx) => {
          const [before] = await findMembers(trx, community.id, id)
          if (!before) throw new ApiProblem('accounts/not-found', `there is no account ${id} here`)
          refuseRoles(request.person, community.id, [...before.roles, ...(roles ?? [])])
          const isOwnBusiness =
            request.person?.city_role === 'admin' || (await isOwnOf(trx, community.id, id))
          if (!isOwnBusiness && isOfAccount)
            throw new ApiProblem(
              'rights/missing',
              'the account is not of this community alone: only its roles here can be changed, with their grids, unit and merchant',
            )
          await refuseFaults(trx, community.id, roles ?? before.roles, scope)
          await updateAccount(trx, id, { ...change, password_hash })
          if (roles) await setRoles(trx, community.id, id, roles)
          await setScope(trx, community.id, id, scope)
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

/** @throws ApiProblem 403 for a role that is not this person's to give or to change. */
function refuseRoles(person: Person | null, communityId: string, roles: readonly Role[]): void {
  const allowed = rolesToGive(person, communityId)
  const beyond = roles.find((role) => !allowed.includes(role))
  if (beyond)
    throw new ApiProblem(
      'rights/missing',
      `accounts with the role ${beyond} are the admin's; yours are ${allowed.join(', ')}`,
      [{ path: 'roles', message: `${beyond} is not yours to give or to change` }],
    )
}

/** @throws ApiProblem 422 naming the member. */
async function refuseFaults(
  trx: Transaction<Database>,
  communityId: string,
  roles: readonly Role[],
  scope: Scope,
): Promise<void> {
  const fault = await scopeFault(trx, communityId, roles, scope)
  if (fault)
    throw new ApiProblem('request/invalid-body', `${fault.path}: ${fault.message}`, [fault])
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
