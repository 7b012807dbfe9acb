import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql, type Transaction } from 'kysely'
import { type Static, Type } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { readKind } from './case-state.ts'
import { CommunityQuery, FollowReply, PublicCase, PublicStep } from './contract.ts'
import { takeStep } from './moving.ts'
import { numberText, parseNumber } from '../../domain/case-number.ts'
import { publicView } from './public-view.ts'
import type { CaseParts } from './parts.ts'
import { hashOfSecret, newSecret } from '../../http/secrets.ts'
import { selectCases, type StoredCase } from './store.ts'

const NumberParams = Type.Object({ number: Type.String({ minLength: 1, maxLength: 20 }) })
const TokenParams = Type.Object({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) })
const FollowBody = Type.Object(
  { email: Type.Optional(Type.String({ format: 'email', maxLength: 200 })) },
  { additionalProperties: false },
)
const FOLLOWER_DAYS = 730

/** Numbers can be tried one after the other: what they open is public anyway, but not for harvesting. */
const LOOKING_UP = { rateLimit: { max: 120, timeWindow: '1 minute' } }
const WRITING = { rateLimit: { max: 30, timeWindow: '10 minutes' } }

/** How a report stands, for whoever made it, follows it or knows its number. No account is needed. */
export function reportRoutes(parts: CaseParts): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/reports/:number',
      {
        config: LOOKING_UP,
        schema: {
          tags: ['reports'],
          summary: 'How a case of a public kind stands, by its number',
          params: NumberParams,
          querystring: CommunityQuery,
          response: { 200: PublicCase },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) =>
          publicView(
            trx,
            community.id,
            await byNumber(trx, community, request.params.number),
            'anybody',
          ),
        )
      },
    )

    app.post(
      '/reports/:number/follow',
      {
        config: WRITING,
        schema: {
          tags: ['reports'],
          summary:
            'Follow a case: answers a secret that opens it, and tells by e-mail where one is left',
          params: NumberParams,
          querystring: CommunityQuery,
          body: FollowBody,
          response: { 201: FollowReply },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const answer = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const stored = await byNumber(trx, community, request.params.number)
          const { token, hash } = newSecret()
          await trx
            .insertInto('case_follower')
            .values({
              community_id: community.id,
              id: uuidv7(),
              case_id: stored.id,
              token_hash: hash,
              email: request.body.email ?? null,
              delete_after: new Date(Date.now() + FOLLOWER_DAYS * 86_400_000),
            })
            .execute()
          return { number: numberText(stored), follow_token: token }
        })
        return reply.code(201).send(answer)
      },
    )

    app.get(
      '/reports/mine/:token',
      {
        config: LOOKING_UP,
        schema: {
          tags: ['reports'],
          summary: 'How the case of a secret link stands',
          params: TokenParams,
          querystring: CommunityQuery,
          response: { 200: PublicCase },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        return asCommunities(parts.engine.db, [community.id], async (trx) => {
          const { stored, is_reporter } = await bySecret(trx, community, request.params.token)
          return publicView(trx, community.id, stored, is_reporter ? 'reporter' : 'follower')
        })
      },
    )

    app.post(
      '/reports/mine/:token/steps',
      {
        config: WRITING,
        schema: {
          tags: ['reports'],
          summary: 'Add words or photos to what one reported, or rate it when it is closed',
          params: TokenParams,
          querystring: CommunityQuery,
          body: PublicStep,
          response: { 200: PublicCase },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const answer = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const { stored, is_reporter } = await bySecret(trx, community, request.params.token)
          if (!is_reporter)
            throw new ApiProblem('cases/role-not-allowed', 'this is for whoever reported it')
          refuseEmpty(request.body)
          // Photos sent while signed in are the account's own.
          const account_id = request.body.media ? (request.person?.account_id ?? null) : null
          await takeStep(
            {
              trx,
              community,
              actor: { account_id, role: 'resident', unit_id: null },
              request_id: request.id,
              link_key: parts.settings.sessionSecret,
              now: Date.now(),
            },
            stored.id,
            request.body,
          )
          const { stored: after } = await bySecret(trx, community, request.params.token)
          return publicView(trx, community.id, after, 'reporter')
        })
        await parts.feed.refresh()
        return answer
      },
    )
  }
}

/** @throws ApiProblem 422 for a note that says and shows nothing. */
function refuseEmpty({ action, note, media }: Static<typeof PublicStep>): void {
  if (action !== 'note' || note !== undefined || (media?.length ?? 0) > 0) return
  throw new ApiProblem('cases/evidence-missing', 'a note needs words or a photo', [
    { path: 'note', message: 'say or show something' },
  ])
}

/** @throws ApiProblem 404 for no such number, and alike for a kind that is not public. */
async function byNumber(
  trx: Transaction<Database>,
  community: Community,
  text: string,
): Promise<StoredCase> {
  const number = parseNumber(text)
  const [stored] = number
    ? await selectCases(
        trx,
        community.id,
        sql`c.year = ${number.year} and c.serial = ${number.serial}`,
      )
    : []
  if (stored && (await readKind(trx, community.id, stored.kind_id)).is_public) return stored
  throw new ApiProblem('cases/not-found', 'there is no report of this number')
}

async function bySecret(
  trx: Transaction<Database>,
  community: Community,
  token: string,
): Promise<{ stored: StoredCase; is_reporter: boolean }> {
  const follower = await trx
    .selectFrom('case_follower')
    .select(['case_id', 'is_reporter'])
    .where('community_id', '=', community.id)
    .where('token_hash', '=', hashOfSecret(token))
    .executeTakeFirst()
  const [stored] = follower
    ? await selectCases(trx, community.id, sql`c.id = ${follower.case_id}`)
    : []
  if (!stored) throw new ApiProblem('cases/not-found', 'this link opens nothing here')
  return { stored, is_reporter: follower!.is_reporter }
}
