import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { ChangeFeed } from '../../db/change-feed.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CommunityRef } from '../../http/shapes.ts'
import { encodeTile, tileFields } from '../../model/mvt/encode-tile.ts'
import {
  LAYER_IDS,
  type LayerId,
  type ModelLayer,
  type StreetModel,
} from '../../model/street-model.ts'
import type { StreetModels } from '../../model/street-models.ts'
import { MOST_ZOOM, TileJson, TileJsonParams, TileParams, TileQuery } from './contract.ts'
import { TileCache } from './tile-cache.ts'
import { FOREVER, MVT, TileReply } from './tile-reply.ts'

const TAGS = ['tiles']
/** The address of a tile as TileJSON gives it, with or without the version. */
const USUAL =
  /^\/api\/tiles\/([a-z_]+)\/(\d{1,2})\/(\d{1,7})\/(\d{1,7})\.mvt\?community=([a-z0-9-]{1,64})(?:&v=([0-9.]{1,200}))?$/

/** An answer that may be given again while the community that an address names has this very model. */
interface ReadyTile {
  named: string
  model: StreetModel
  reply: TileReply
}

/** Vector tiles of one layer or of `all`, encoded from the street model: never older than the last write. */
export function tileRoutes(parts: {
  feed: ChangeFeed
  models: StreetModels
  tileCacheBytes?: number
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    const cache = new TileCache<ReadyTile>(parts.tileCacheBytes)
    app.quickReads.add('/api/tiles/', (url, headers) => {
      // A model stays the same object until something in it changes.
      const ready = cache.ready(url)
      if (ready && ready.model === peekModel(ready.named)) return ready.reply.to(headers)
      const [, layer, z, x, y, named, asked] = USUAL.exec(url) ?? []
      const model = named === undefined ? undefined : peekModel(named)
      if (!model) return null
      const ids = layer === 'all' ? LAYER_IDS : [layer as LayerId]
      const layers = ids.flatMap((id) => model.layers.get(id) ?? [])
      const version = versionOf(layers)
      if (layers.length === 0 || isAhead(asked, version)) return null
      const [zoom, column, row] = [Number(z), Number(x), Number(y)]
      if (zoom > MOST_ZOOM || column >= 2 ** zoom || row >= 2 ** zoom) return null
      const key = `${model.community.id}/${layer}/${z}/${x}/${y}`
      // A tile is encoded sooner than the router has found its route.
      const tile = cache.get(key, version, () => encodeTile(layers, zoom, column, row))
      const reply = new TileReply(tile, cache, asked)
      // Addresses with outdated versions are countless.
      if (asked === undefined || asked === version)
        cache.keepReady(url, tile, { named: named!, model, reply })
      return reply.to(headers)
    })
    const peekModel = (named: string): StreetModel | undefined => {
      const community = app.communities.peek(named)
      return community && parts.models.peek(community.id)
    }

    app.get(
      '/tiles/:layer/:z/:x/:y.mvt',
      {
        schema: {
          tags: TAGS,
          summary: 'A vector tile (MVT); below zoom 14 small things come as counts',
          params: TileParams,
          querystring: TileQuery,
          produces: [MVT],
          response: {
            200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }),
            204: Type.Null({ description: 'nothing lies in this tile' }),
            304: Type.Null(),
          },
        },
      },
      async (request, reply) => {
        const { layer, z, x, y } = request.params
        refuseOutOfRange(z, x, y)
        const ids = layerIds(layer)
        const community = await communityOf(request)
        const layersNow = async () => {
          const model = await parts.models.get(community.id)
          return ids.map((id) => model.layers.get(id)!)
        }
        let layers = await layersNow()
        // Another instance told the page of a version that this one has not looked for yet.
        if (isAhead(request.query.v, versionOf(layers))) {
          await parts.feed.refresh()
          layers = await layersNow()
        }
        const version = versionOf(layers)
        reply.header('etag', `"${version}"`).header('vary', 'accept-encoding')
        reply.header('cache-control', request.query.v === version ? FOREVER : 'no-cache')
        if (request.headers['if-none-match']?.includes(`"${version}"`))
          return reply.code(304).send(null)
        const key = `${community.id}/${layer}/${z}/${x}/${y}`
        const tile = cache.get(key, version, () => encodeTile(layers, z, x, y))
        if (tile.bytes.length === 0) return reply.code(204).send(null)
        reply.type(MVT)
        const gzipped = request.headers['accept-encoding']?.includes('gzip')
          ? cache.gzipped(tile)
          : null
        return gzipped
          ? reply.header('content-encoding', 'gzip').send(gzipped)
          : reply.send(tile.bytes)
      },
    )

    app.get(
      '/tiles/:layer.json',
      {
        schema: {
          tags: TAGS,
          summary: 'TileJSON 3.0.0',
          params: TileJsonParams,
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          response: { 200: TileJson },
        },
      },
      async (request, reply) => {
        const { layer } = request.params
        const ids = layerIds(layer)
        const community = await communityOf(request)
        const model = await parts.models.get(community.id)
        reply.header('cache-control', 'no-cache')
        return describe(`${request.protocol}://${request.host}`, layer, ids, community, model)
      },
    )
  }
}

function describe(
  origin: string,
  layer: string,
  ids: readonly LayerId[],
  community: Community,
  model: StreetModel,
) {
  const version = versionOf(ids.map((id) => model.layers.get(id)!))
  const bounds = community.bbox ?? [-180, -85, 180, 85]
  return {
    tilejson: '3.0.0',
    name: layer,
    version: '1.0.0',
    scheme: 'xyz',
    tiles: [
      `${origin}/api/tiles/${layer}/{z}/{x}/{y}.mvt?community=${community.slug}&v=${version}`,
    ],
    minzoom: 0,
    maxzoom: MOST_ZOOM,
    bounds,
    center: [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2, 15],
    ...(community.attribution && { attribution: community.attribution }),
    vector_layers: ids.map((id) => ({
      id,
      description: id.replaceAll('_', ' '),
      minzoom: 0,
      maxzoom: MOST_ZOOM,
      fields: tileFields(id),
    })),
  }
}

const versionOf = (layers: readonly ModelLayer[]): string =>
  layers.map((layer) => layer.version).join('.')

/** Whether an address names a later version of any layer than is known here. */
function isAhead(asked: string | undefined, known: string): boolean {
  if (asked === undefined || asked === known) return false
  const versions = known.split('.')
  return asked.split('.').some((version, i) => Number(version) > Number(versions[i] ?? Infinity))
}

function layerIds(layer: string): readonly LayerId[] {
  if (layer === 'all') return LAYER_IDS
  if ((LAYER_IDS as string[]).includes(layer)) return [layer as LayerId]
  throw new ApiProblem('tiles/unknown-layer', `the layers are ${[...LAYER_IDS, 'all'].join(', ')}`)
}

function refuseOutOfRange(z: number, x: number, y: number): void {
  const tiles = 2 ** z
  for (const [path, value] of [
    ['x', x],
    ['y', y],
  ] as const)
    if (value >= tiles)
      throw new ApiProblem('tiles/out-of-range', `${path}: at zoom ${z} it is below ${tiles}`, [
        { path, message: `0 to ${tiles - 1}` },
      ])
}
