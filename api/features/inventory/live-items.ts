import type { IncomingHttpHeaders } from 'node:http'
import type { Bbox } from '../../http/bbox.ts'
import type { CommunityDirectory } from '../../http/community.ts'
import { packCursor } from '../../http/cursor.ts'
import { QUICK_HEADERS, type QuickReply } from '../../http/quick-reads.ts'
import { mercatorX, mercatorY } from '../../model/mercator.ts'
import type { ModelLayer, StreetModel } from '../../model/street-model.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { COLLECTION_IDS, COLLECTIONS, type CollectionId, Kept } from './contract.ts'
import { featureText } from './feature.ts'
import type { InventoryRow } from './store.ts'

/** A page of live features as text, in the order of ids; `next` is the last id where there are more. */
export interface LivePage {
  texts: string[]
  next: string | null
}

/** Each feature's text, made when first asked for; its properties stay the same object until it changes. */
const texts = new WeakMap<object, string>()

/**
 * Live features from the street model, all or those whose box meets `bbox`, without asking the database; null for lots,
 * whose shared spaces change with agreements that the model does not follow.
 */
export function liveItems(
  model: StreetModel,
  collection: CollectionId,
  bbox: Bbox | undefined,
  limit: number,
): LivePage | null {
  const layer = collection === 'lots' ? undefined : model.layers.get(collection)
  if (!layer) return null
  const found = bbox ? meeting(layer, bbox) : undefined
  const total = found ? found.length : layer.ids.length
  const page: string[] = []
  for (let k = 0; k < Math.min(limit, total); k++)
    page.push(textOf(layer, collection, found ? found[k]! : k))
  const last = limit - 1
  return { texts: page, next: total > limit ? layer.ids[found ? found[last]! : last]! : null }
}

/** Places in the layer, ascending, of the features whose boxes meet a box in degrees. */
function meeting(layer: ModelLayer, [west, south, east, north]: Bbox): Uint32Array {
  if (!layer.index) return new Uint32Array()
  return Uint32Array.from(
    layer.index.search(mercatorX(west), mercatorY(north), mercatorX(east), mercatorY(south)),
  ).sort()
}

function textOf(layer: ModelLayer, collection: CollectionId, i: number): string {
  const properties = layer.properties[i]!
  const known = texts.get(properties)
  if (known !== undefined) return known
  const row: Record<string, unknown> = { id: layer.ids[i] }
  for (const member of MEMBERS[collection]) row[member] = properties[member]
  row['geometry_text'] = JSON.stringify(layer.geometry[i])
  const text = featureText(row as InventoryRow)
  texts.set(properties, text)
  return text
}

const MEMBERS = Object.fromEntries(
  COLLECTION_IDS.map((id) => [
    id,
    [...Object.keys(Kept.properties), ...Object.keys(COLLECTIONS[id].properties.properties)],
  ]),
) as Record<CollectionId, string[]>

/** The address of a page as maps ask for it: only these parameters, each once at most, nothing to decode. */
const USUAL = /^\/api\/collections\/([a-z_]+)\/items\?([a-z0-9_=&,.-]+)$/
const NUMBER = /^-?\d{1,3}(\.\d{1,20})?$/

/** Answers such a page from memory for callers that want no compression; null for anything else. */
export function quickItems(
  parts: { communities: CommunityDirectory; models: StreetModels },
  url: string,
  headers: IncomingHttpHeaders,
): QuickReply | null {
  const [, collection, query] = USUAL.exec(url) ?? []
  // Which scheme and host the caller sees behind a proxy is the router's to find out.
  if (!query || headers['accept-encoding'] || headers['x-forwarded-proto'] || !headers.host)
    return null
  const asked = new Map<string, string>()
  for (const part of query.split('&')) {
    const at = part.indexOf('=')
    const name = part.slice(0, at)
    if ((name !== 'community' && name !== 'bbox' && name !== 'limit') || asked.has(name))
      return null
    asked.set(name, part.slice(at + 1))
  }
  const bbox = asked.has('bbox') ? usualBbox(asked.get('bbox')!) : undefined
  const limit = asked.has('limit') ? Number(asked.get('limit')) : 100
  if (bbox === null || !(Number.isInteger(limit) && limit >= 1 && limit <= 10_000)) return null
  const community = parts.communities.peek(asked.get('community') ?? '')
  const model = community && parts.models.peek(community.id)
  const page = model && liveItems(model, collection as CollectionId, bbox, limit)
  if (!page) return null
  const origin = `http://${headers.host}`
  const links: object[] = [
    { href: `${origin}${url}`, rel: 'self', type: 'application/geo+json' },
    { href: `${origin}/api/docs`, rel: 'alternate', type: 'text/html' },
  ]
  if (page.next !== null)
    links.push({
      href: `${origin}${url}&cursor=${packCursor([page.next])}`,
      rel: 'next',
      type: 'application/geo+json',
    })
  const body = Buffer.from(pageText(page.texts, links))
  return {
    status: 200,
    headers: [
      ...QUICK_HEADERS,
      'content-type',
      'application/geo+json',
      'content-length',
      String(body.length),
      'vary',
      'accept-encoding',
    ],
    body,
  }
}

/** A FeatureCollection of ready texts. */
export function pageText(texts: readonly string[], links: readonly object[]): string {
  return `{"type":"FeatureCollection","features":[${texts.join(',')}],"links":${JSON.stringify(links)},"timeStamp":"${new Date().toISOString()}","numberReturned":${texts.length}}`
}

function usualBbox(text: string): Bbox | null {
  const parts = text.split(',')
  if (parts.length !== 4 || !parts.every((part) => NUMBER.test(part))) return null
  const [west, south, east, north] = parts.map(Number) as Bbox
  const isBox =
    west <= east && south <= north && west >= -180 && east <= 180 && south >= -90 && north <= 90
  return isBox ? [west, south, east, north] : null
}
