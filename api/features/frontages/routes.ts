import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { mayDo, requireRight } from '../../http/rights.ts'
import {
  AtQuery,
  AtReply,
  CommunityQuery,
  LayBody,
  LayReply,
  ListsReply,
  MonthQuery,
  NewCheck,
  NewLetter,
  OwnReply,
  Recorded,
  Rule,
  ShopsReply,
} from './contract.ts'
import type { FrontageParts } from './parts.ts'
import { changeRule, lay, recordCheck, signLetter } from './recording.ts'
import { letterView, readLists, readOwn, readStanding, todayIn } from './standing.ts'
import { findAt, latestLetters } from './store.ts'

const tags = ['frontages']

/** The ground before shops: laid out by planners, answered for by letters, checked by inspectors, listed by month. */
export function frontageRoutes(parts: FrontageParts): FastifyPluginAsyncTypebox {
  const { db } = parts.engine
  return async (app) => {
    app.get(
      '/frontages/at',
      {
        schema: {
          tags,
          summary: 'Who is responsible for the ground at a point',
          querystring: AtQuery,
          response: { 200: AtReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const { lon, lat } = request.query
        return asCommunities(db, [community.id], async (trx) => {
          const found = await findAt(trx, community.id, lon, lat)
          const ids = found.flatMap(({ shop_id }) => shop_id ?? [])
          const letters = ids.length > 0 ? await latestLetters(trx, community.id, ids) : null
          const stateOf = (id: string | null) =>
            letterView(id === null ? undefined : letters?.get(id), todayIn(community)).state
          return { responsible: found.map((one) => ({ ...one, letter: stateOf(one.shop_id) })) }
        })
      },
    )

    app.get(
      '/frontages/lists',
      {
        schema: {
          tags,
          summary: 'The red and black list of a month; the black one for staff',
          querystring: MonthQuery,
          response: { 200: ListsReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const isStaff = mayDo(request.person, community.id, 'read_frontages')
        return asCommunities(db, [community.id], (trx) =>
          readLists(trx, community, request.query.month, isStaff),
        )
      },
    )

    app.get(
      '/frontages',
      {
        schema: {
          tags,
          summary: 'Every shop with its ground, letter and score of a month',
          querystring: MonthQuery,
          response: { 200: ShopsReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_frontages')
        return asCommunities(db, [community.id], (trx) =>
          readStanding(trx, community, request.query.month),
        )
      },
    )

    app.get(
      '/frontages/own',
      {
        schema: {
          tags,
          summary: 'The signed-in merchant’s own letter and score',
          querystring: CommunityQuery,
          response: { 200: OwnReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'put_right')
        const own = (request.person?.memberships ?? []).flatMap((one) =>
          one.community_id === community.id && one.role === 'merchant' && one.merchant_id
            ? [one.merchant_id]
            : [],
        )
        return asCommunities(db, [community.id], (trx) => readOwn(trx, community, own))
      },
    )

    for (const [path, isStored, summary] of [
      ['preview', false, 'Lay out frontages for all shops, to look at; stores nothing'],
      ['generate', true, 'Lay out frontages for all shops and store them'],
    ] as const)
      app.post(
        `/frontages/${path}`,
        {
          schema: {
            tags,
            summary,
            querystring: CommunityQuery,
            body: LayBody,
            response: { 200: LayReply },
          },
        },
        async (request) => {
          const community = await communityOf(request)
          requireRight(request, community.id, 'edit_inventory')
          return lay(parts, { request, community }, request.body, isStored)
        },
      )

    app.post(
      '/frontages/letters',
      {
        schema: {
          tags,
          summary: 'Record a signed letter of responsibility',
          querystring: CommunityQuery,
          body: NewLetter,
          response: { 201: Recorded },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'check_frontages')
        await signLetter(parts, { request, community }, request.body)
        return reply.code(201).send({ id: request.body.id })
      },
    )

    app.post(
      '/frontages/checks',
      {
        schema: {
          tags,
          summary: 'Score a check of a shop’s ground',
          querystring: CommunityQuery,
          body: NewCheck,
          response: { 201: Recorded },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'check_frontages')
        await recordCheck(parts, { request, community }, request.body)
        return reply.code(201).send({ id: request.body.id })
      },
    )

    app.put(
      '/frontages/rule',
      {
        schema: {
          tags,
          summary: 'Set by which rule a month’s lists are made',
          querystring: CommunityQuery,
          body: Rule,
          response: { 200: Rule },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'edit_inventory')
        await changeRule(parts, { request, community }, request.body)
        return request.body
      },
    )
  }
}
