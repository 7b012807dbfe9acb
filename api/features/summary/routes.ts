import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { createHash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { CommunityRef, type GeometryShape } from '../../http/shapes.ts'
import { CommunityBoundary, CommunityList, CommunitySummary } from './contract.ts'
import { boundaryOf, countEverything, mainBox } from './store.ts'

const GEOJSON = 'application/geo+json'

/** The communities, each one's figures and its boundary. */
export function summaryRoutes(parts: { engine: Engine }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/communities',
      {
        schema: {
          tags: ['communities'],
          summary: 'All communities',
          response: { 200: CommunityList },
        },
      },
      async () => ({ communities: (await app.communities.all()).map(headOf) }),
    )
    app.get(
      '/communities/:community/summary',
      {
        schema: {
          tags: ['communities'],
          summary: 'The figures of one community',
          params: Type.Object({ community: CommunityRef }),
          response: { 200: CommunitySummary },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        const [counts, main_bbox] = await asCommunities(
          parts.engine.db,
          [community.id],
          async (trx) => [
            await countEverything(trx, community.id),
            await mainBox(trx, community.id),
          ],
        )
        return {
          community: headOf(community),
          main_bbox: shared(main_bbox, community.bbox),
          ...counts,
          // Figures known for the community as a whole win over the sum of what its parts say.
          full_time_workers: community.full_time_workers ?? counts.full_time_workers,
          part_time_workers: community.part_time_workers ?? counts.part_time_workers,
          resident_vehicles: community.resident_vehicles ?? counts.resident_vehicles,
        }
      },
    )
    app.get(
      '/communities/:community/boundary',
      {
        schema: {
          tags: ['communities'],
          summary: 'The area of one community as a GeoJSON feature',
          produces: [GEOJSON],
          params: Type.Object({ community: CommunityRef }),
          response: { 200: CommunityBoundary, 304: Type.Null() },
        },
      },
      async (request, reply) => {
        const { id, slug, name_zh, name_en } = await communityOf(request)
        const geometry = await asCommunities(parts.engine.db, [id], (trx) => boundaryOf(trx, id))
        const boundary = {
          type: 'Feature' as const,
          id,
          geometry: geometry as Static<typeof GeometryShape> | null,
          properties: { slug, name_zh, name_en },
        }
        const hash = createHash('sha256').update(JSON.stringify(boundary)).digest('base64url')
        const etag = `"${hash.slice(0, 22)}"`
        reply.header('etag', etag).header('cache-control', 'no-cache')
        if (request.headers['if-none-match']?.includes(etag)) return reply.code(304).send(null)
        return reply.type(GEOJSON).send(boundary)
      },
    )
  }
}

type Box = NonNullable<Community['bbox']>

/** What two boxes have in common; the first where they do not meet, and the other one where one is missing. */
function shared(a: Box | null, b: Box | null): Box | null {
  if (!a || !b) return a ?? b
  const [west, south] = [Math.max(a[0], b[0]), Math.max(a[1], b[1])]
  const [east, north] = [Math.min(a[2], b[2]), Math.min(a[3], b[3])]
  return west <= east && south <= north ? [west, south, east, north] : a
}

function headOf(community: Community) {
  const { full_time_workers: _f, part_time_workers: _p, resident_vehicles: _v, ...head } = community
  return head
}
