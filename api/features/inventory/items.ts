import type { FastifyRequest } from 'fastify'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { parseInstant } from '../../domain/schedule/instant.ts'
import { parseBbox } from '../../http/bbox.ts'
import type { Community } from '../../http/community.ts'
import { packCursor, unpackCursor } from '../../http/cursor.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { type CollectionId, FILTERS } from './contract.ts'
import { featureText } from './feature.ts'
import { liveItems, pageText } from './live-items.ts'
import { findItems } from './store.ts'
import { findItemsThen } from './history-store.ts'

const MOST_ITEMS = 10_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

interface ItemsQuery {
  bbox?: string
  datetime?: string
  limit?: number
  cursor?: string
  q?: string
  [member: string]: string | number | undefined
}

/** One page of a collection as FeatureCollection text, with links self, alternate and next. */
export async function itemsPage(
  parts: { engine: Engine; models: StreetModels },
  request: FastifyRequest,
  community: Community,
  collection: CollectionId,
): Promise<string> {
  const query = request.query as ItemsQuery
  const limit = clippedLimit(query.limit)
  const bbox = query.bbox === undefined ? undefined : parseBbox(query.bbox)
  const filter = {
    at: query.datetime === undefined ? undefined : instantOf(query.datetime),
    after: query.cursor === undefined ? undefined : unpackCursor(query.cursor, 1, UUID)[0],
    q: query.q,
    equal: equalFilters(collection, query),
  }
  const isPlain = !filter.at && !filter.after && !filter.q && Object.keys(filter.equal).length === 0
  // A community that is not in memory is not loaded for the sake of one page.
  const model = isPlain ? parts.models.peek(community.id) : undefined
  const live = model && liveItems(model, collection, bbox, limit)
  if (live) return pageText(live.texts, pageLinks(request, live.next))
  const items = await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const { at } = filter
    if (at !== undefined)
      return findItemsThen(trx, community.id, collection, { ...filter, at, bbox, limit })
    const rows = await findItems(trx, community.id, collection, {
      ...filter,
      bbox,
      limit,
    }).execute()
    return rows.map((row) => ({ id: row.id, text: featureText(row) }))
  })
  const page = items.slice(0, limit)
  const next = items.length > limit ? page.at(-1)!.id : null
  return pageText(
    page.map(({ text }) => text),
    pageLinks(request, next),
  )
}

/** The address this request came to, as the caller sees it. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}

function clippedLimit(limit: number | undefined): number {
  if (limit === undefined) return 100
  if (!Number.isInteger(limit) || limit < 1)
    throw new ApiProblem('request/invalid-parameter', 'limit takes a whole number from 1', [
      { path: 'limit', message: 'a whole number from 1' },
    ])
  return Math.min(limit, MOST_ITEMS)
}

function instantOf(text: string): string {
  const instant = parseInstant(text)
  if (instant === null)
    throw new ApiProblem(
      'request/invalid-parameter',
      'datetime takes an RFC 3339 instant with offset',
      [{ path: 'datetime', message: 'for example 2026-05-01T08:00:00+08:00' }],
    )
  return new Date(instant).toISOString()
}

function equalFilters(collection: CollectionId, query: ItemsQuery): Record<string, string> {
  const equal: Record<string, string> = {}
  for (const member of FILTERS[collection]) {
    const value = query[member]
    if (value === undefined) continue
    if (member.endsWith('_id') && member !== 'external_id' && !UUID.test(String(value)))
      throw new ApiProblem('request/invalid-parameter', `${member} takes a UUID`, [
        { path: member, message: 'not a UUID' },
      ])
    equal[member] = String(value)
  }
  return equal
}

function pageLinks(request: FastifyRequest, lastId: string | null): object[] {
  const self = new URL(request.url, originOf(request))
  const links: object[] = [
    { href: self.href, rel: 'self', type: 'application/geo+json' },
    {
      href: Object.assign(new URL(self), { pathname: '/api/docs', search: '' }).href,
      rel: 'alternate',
      type: 'text/html',
    },
  ]
  if (lastId !== null) {
    const next = new URL(self)
    next.searchParams.set('cursor', packCursor([lastId]))
    links.push({ href: next.href, rel: 'next', type: 'application/geo+json' })
  }
  return links
}
