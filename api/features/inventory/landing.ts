import { sql, type Transaction } from 'kysely'
import type { Static } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import type { Community } from '../../http/community.ts'
import { COLLECTIONS, type CollectionId } from './contract.ts'
import type { CollectionReply, LandingReply } from './replies.ts'

/** What this API conforms to (OGC API Features Part 1 and Part 4). */
export const CONFORMANCE = [
  'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core',
  'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson',
  'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30',
  'http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete',
  'http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update',
  'http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking',
  'http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features',
]

const TITLES: Record<CollectionId, { title: string; description: string }> = {
  grids: { title: '网格 Grids', description: 'Grids of the community' },
  buildings: { title: '楼栋 Buildings', description: 'Residential buildings' },
  street_segments: {
    title: '路段 Street segments',
    description: 'Centrelines with their two sides',
  },
  curb_objects: { title: '部件 Curb objects', description: 'What stands or lies at the kerb' },
  bays: {
    title: '停车位 Bays',
    description: 'Parking bays for bicycles, e-bikes, motorcycles, cars',
  },
  vendor_zones: { title: '临时经营区 Vendor zones', description: 'Temporary trading areas' },
  lots: { title: '停车场 Lots', description: 'Car parks and shared lots' },
  frontages: { title: '门前三包 Frontages', description: 'Responsibility areas of shops' },
  closures: { title: '临时封闭 Closures', description: 'Road works, events, temporary closures' },
}

/** The landing page's document; `base` is the absolute address that carries the inventory. */
export function landingPage(
  base: string,
  origin: string,
  community: Community | null,
): Static<typeof LandingReply> {
  return {
    title: community ? `Jiexu 街序 · ${community.name_zh ?? community.name_en}` : 'Jiexu 街序',
    description: 'Parking and street order: bays, trading zones, lots, streets',
    links: [
      { href: `${base}/`, rel: 'self', type: 'application/json' },
      {
        href: `${origin}/api/openapi.json`,
        rel: 'service-desc',
        type: 'application/vnd.oai.openapi+json;version=3.1',
      },
      { href: `${origin}/api/docs`, rel: 'service-doc', type: 'text/html' },
      { href: `${base}/conformance`, rel: 'conformance', type: 'application/json' },
      { href: `${base}/collections`, rel: 'data', type: 'application/json' },
    ],
  }
}

/** A collection that another feature serves at the same addresses, to be described among those of the inventory. */
export interface OtherCollection {
  id: string
  title: string
  description: string
  extentOf: (
    trx: Transaction<Database>,
    communityId: string,
  ) => Promise<[number, number, number, number] | null>
}

/** A collection's description; extent in WGS 84 degrees where something is in it. */
export function describeCollection(
  base: string,
  query: string,
  id: CollectionId | OtherCollection,
  bbox: readonly number[] | null,
): Static<typeof CollectionReply> {
  const named = typeof id === 'string' ? { id, ...TITLES[id] } : id
  return {
    id: named.id,
    title: named.title,
    description: named.description,
    ...(bbox && {
      extent: {
        spatial: { bbox: [[...bbox]], crs: 'http://www.opengis.net/def/crs/OGC/1.3/CRS84' },
        temporal: { interval: [[null, null]] },
      },
    }),
    itemType: 'feature',
    crs: ['http://www.opengis.net/def/crs/OGC/1.3/CRS84'],
    links: [
      { href: `${base}/collections/${named.id}${query}`, rel: 'self', type: 'application/json' },
      {
        href: `${base}/collections/${named.id}/items${query}`,
        rel: 'items',
        type: 'application/geo+json',
      },
    ],
  }
}

/** The box of each collection's live rows, `[west, south, east, north]`, null where there are none. */
export async function extents(
  engine: Engine,
  communityId: string,
  collections: readonly CollectionId[],
): Promise<Map<CollectionId, [number, number, number, number] | null>> {
  return asCommunities(engine.db, [communityId], async (trx) => {
    const found = new Map<CollectionId, [number, number, number, number] | null>()
    for (const collection of collections) {
      const { rows } = await sql<{ bbox: [number, number, number, number] | null }>`
        select case when e is null then null else array[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)] end as bbox
        from (select ST_Extent(geom) as e from ${sql.table(COLLECTIONS[collection].table)}
              where community_id = ${communityId} and valid_to is null) as x`.execute(trx)
      found.set(collection, rows[0]?.bbox ?? null)
    }
    return found
  })
}
