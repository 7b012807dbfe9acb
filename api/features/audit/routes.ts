import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { communityOf } from '../../http/community.ts'
import { packCursor, unpackCursor } from '../../http/cursor.ts'
import { requireRight } from '../../http/rights.ts'
import { AuditQuery, AuditReply } from './contract.ts'
import { findChanges } from './store.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Who changed what, when and why. */
export function auditRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/audit',
      {
        schema: {
          tags: ['people'],
          summary: 'Changes, newest first',
          querystring: AuditQuery,
          response: { 200: AuditReply },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'read_audit')
        const { cursor, collection, record_id, limit = 100 } = request.query
        const rows = await asCommunities(parts.engine.db, [community.id], (trx) =>
          findChanges(trx, community.id, {
            collection,
            record_id,
            limit,
            before: cursor === undefined ? undefined : unpackCursor(cursor, 1, UUID)[0],
          }),
        )
        const names = await namesOf(rows.map((row) => row.actor_id))
        const page = rows.slice(0, limit)
        return {
          changes: page.map(({ actor_id: actor, at, ...change }) => ({
            ...change,
            at: at.toISOString(),
            actor: (actor && names.get(actor)) ?? null,
          })),
          next: rows.length > limit ? packCursor([page.at(-1)!.id]) : null,
        }
      },
    )

    async function namesOf(ids: readonly (string | null)[]): Promise<Map<string, string>> {
      const wanted = [...new Set(ids.filter((id) => id !== null))]
      if (wanted.length === 0) return new Map()
      const accounts = await parts.engine.db
        .selectFrom('account')
        .select(['id', 'display_name'])
        .where('id', 'in', wanted)
        .execute()
      return new Map(accounts.map((account) => [account.id, account.display_name]))
    }
  }
}
