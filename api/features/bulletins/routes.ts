import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { readBulletin } from './bulletin.ts'
import { Bulletin, BulletinQuery, HazardQuery } from './contract.ts'
import { monthIn } from './month.ts'
import { readHazards } from './store.ts'
import { bulletinSheets, hazardSheets, type Lang, workbook } from './workbook.ts'

const TAGS = ['bulletins']
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const XLSX_REPLY = {
  description: 'an Excel workbook',
  content: { [XLSX]: { schema: Type.String({ format: 'binary' }) } },
}
/** Years of hazards of a large community; a ledger longer than this is asked for by month. */
const MOST_HAZARDS = 20_000

/** The monthly bulletin 月度通报 and the hazard ledger 隐患台账, to read and as spreadsheets. */
export function bulletinRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/bulletins',
      {
        schema: {
          tags: TAGS,
          summary: 'What became of the cases dispatched in a month, by unit and by grid',
          querystring: BulletinQuery,
          response: { 200: Bulletin },
        },
      },
      async (request, reply) => {
        const community = await reading(request)
        reply.header('cache-control', 'private, no-cache')
        return bulletinOf(community, request.query.month)
      },
    )

    app.get(
      '/bulletins.xlsx',
      {
        schema: {
          tags: TAGS,
          summary: 'The same as a spreadsheet',
          querystring: BulletinQuery,
          response: { 200: XLSX_REPLY },
        },
      },
      async (request, reply) => {
        const community = await reading(request)
        const { month, lang = 'zh-CN' } = request.query
        const bulletin = await bulletinOf(community, month)
        const name = { 'zh-CN': `月度通报-${month}`, en: `bulletin-${month}` }[lang]
        return send(
          reply,
          await workbook(bulletinSheets(bulletin, lang)),
          `bulletin-${month}`,
          name,
        )
      },
    )

    app.get(
      '/bulletins/hazards.xlsx',
      {
        schema: {
          tags: TAGS,
          summary: 'The hazard ledger with what was closed out, of all times or of one month',
          querystring: HazardQuery,
          response: { 200: XLSX_REPLY },
        },
      },
      async (request, reply) => {
        const community = await reading(request)
        const { month } = request.query
        const lang: Lang = request.query.lang ?? 'zh-CN'
        if (month) refuseFuture(community, month)
        const span = month ? monthIn(community.time_zone, month) : { from: null, to: null }
        const hazards = await asCommunities(parts.engine.db, [community.id], (trx) =>
          readHazards(trx, community.id, span.from, span.to, MOST_HAZARDS),
        )
        const part = month ? `-${month}` : ''
        const name = { 'zh-CN': `隐患台账${part}`, en: `hazards${part}` }[lang]
        const bytes = await workbook(hazardSheets(hazards, community.time_zone, lang))
        return send(reply, bytes, `hazards${part}`, name)
      },
    )

    async function reading(request: FastifyRequest): Promise<Community> {
      const community = await communityOf(request)
      requireRight(request, community.id, 'read_cases')
      return community
    }

    async function bulletinOf(community: Community, month: string): Promise<Bulletin> {
      refuseFuture(community, month)
      return asCommunities(parts.engine.db, [community.id], (trx) =>
        readBulletin(trx, community, month),
      )
    }
  }
}

/** @throws ApiProblem 400 for a month that has not begun in the community's own time zone. */
function refuseFuture(community: Community, month: string): void {
  if (monthIn(community.time_zone, month).from.getTime() <= Date.now()) return
  throw new ApiProblem('bulletins/future-month', `${month} has not begun in this community`, [
    { path: 'month', message: 'this month or an earlier one' },
  ])
}

/** `plain` is for programs that cannot read a name beyond ASCII. */
function send(reply: FastifyReply, bytes: Buffer, plain: string, name: string): FastifyReply {
  return reply
    .type(XLSX)
    .header('cache-control', 'private, no-cache')
    .header(
      'content-disposition',
      `attachment; filename="${plain}.xlsx"; filename*=UTF-8''${encodeURIComponent(name)}.xlsx`,
    )
    .send(bytes)
}
