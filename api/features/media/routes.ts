import { createHash, randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Disk } from 'flydrive'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { type Community, communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { requireRight } from '../../http/rights.ts'
import { CommunityRef, Literals, Uuid } from '../../http/shapes.ts'
import type { Settings } from '../../settings.ts'
import { ACCEPTED_TYPES, MediaQuery, MediaView, MOST_BYTES } from './contract.ts'
import { preparePicture } from './picture.ts'
import { filesOf, folderOf, openStorage, putAll, removeAll } from './storage.ts'
import { findMedia, type StoredMedia } from './store.ts'
import { maySee } from './visibility.ts'

const TAGS = ['media']
/** Photos that a guest may send in an hour from one address. */
const GUEST_PHOTOS = 30

/** Photos: sent before the record that names them, seen only by who may see that record. */
export function mediaRoutes(parts: {
  engine: Engine
  settings: Settings
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    let opening: Promise<Disk> | undefined
    const storage = () => (opening ??= openStorage(parts.settings))
    for (const type of [...ACCEPTED_TYPES, 'application/octet-stream'])
      app.addContentTypeParser(
        type,
        { parseAs: 'buffer', bodyLimit: MOST_BYTES },
        async (_request: unknown, body: Buffer) => body,
      )

    app.put(
      '/media/:id',
      {
        bodyLimit: MOST_BYTES,
        config: {
          rateLimit: {
            max: (request: FastifyRequest) => (request.person ? 100_000 : GUEST_PHOTOS),
            timeWindow: '1 hour',
          },
        },
        schema: {
          tags: TAGS,
          summary: 'Send a photo; the sender makes the id, and sending it again stores it once',
          consumes: [...ACCEPTED_TYPES],
          params: Type.Object({ id: Uuid }),
          querystring: MediaQuery,
          body: Type.Unknown({ description: 'the bytes of the photo' }),
          response: { 200: MediaView, 201: MediaView },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        if (!Buffer.isBuffer(request.body))
          throw new ApiProblem('media/invalid', 'send the photo itself as the body', [
            { path: '', message: `one of ${ACCEPTED_TYPES.join(', ')}` },
          ])
        const upload = {
          id: request.params.id,
          role: request.query.role ?? ('evidence' as const),
          bytes: request.body,
          created_by: request.person?.account_id ?? null,
          upload_hash: createHash('sha256').update(request.body).digest('hex'),
        }
        const known = await find(community, upload.id)
        if (known) return reply.code(200).send(viewOf(sameAs(known, upload)))
        const picture = await preparePicture(upload.bytes)
        const key = `${folderOf(community.id, new Date())}/${randomUUID()}`
        const [full, thumb] = filesOf(key)
        const files = { [full]: picture.full, [thumb]: picture.thumb }
        const disk = await storage()
        await putAll(disk, files)
        const row = {
          id: upload.id,
          role: upload.role,
          created_by: upload.created_by,
          upload_hash: upload.upload_hash,
          storage_key: key,
          content_type: 'image/jpeg',
          bytes: picture.full.length,
          width: picture.width,
          height: picture.height,
          sha256: createHash('sha256').update(picture.full).digest('hex'),
          taken_at: picture.taken_at,
          taken_lon: picture.taken_lon,
          taken_lat: picture.taken_lat,
        }
        const isFirst = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const inserted = await trx
            .insertInto('media')
            .values({ community_id: community.id, ...row })
            .onConflict((conflict) => conflict.doNothing())
            .returning('id')
            .executeTakeFirst()
          return inserted !== undefined
        })
        // Somebody sent the same id at the same moment: theirs stands, ours goes.
        if (!isFirst) await removeAll(disk, Object.keys(files))
        const stored = (await find(community, upload.id))!
        return reply.code(isFirst ? 201 : 200).send(viewOf(sameAs(stored, upload)))
      },
    )

    app.get(
      '/media/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'A photo, for whoever may see the record it belongs to',
          produces: ['image/jpeg'],
          params: Type.Object({ id: Uuid }),
          querystring: Type.Object({
            community: Type.Optional(CommunityRef),
            size: Type.Optional(Literals(['full', 'thumb'])),
            link: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })),
          }),
          response: { 200: Type.Unsafe<Buffer>({ type: 'string', format: 'binary' }) },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        const { size = 'full', link } = request.query
        const link_hash = link ? createHash('sha256').update(link).digest('hex') : null
        const media = await asCommunities(parts.engine.db, [community.id], async (trx) => {
          const found = await findMedia(trx, community.id, request.params.id)
          const asking = { person: request.person, link_hash }
          return found && (await maySee(trx, community.id, found, asking)) ? found : undefined
        })
        if (!media) throw new ApiProblem('media/not-found', 'there is no such photo here')
        return sendPhoto(request, reply, await storage(), media, size)
      },
    )

    app.patch(
      '/media/:id',
      {
        schema: {
          tags: TAGS,
          summary: 'Let everybody see a photo, or no longer',
          params: Type.Object({ id: Uuid }),
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          body: Type.Object({ is_public: Type.Boolean() }, { additionalProperties: false }),
          response: { 200: MediaView },
        },
      },
      async (request) => {
        const community = await communityOf(request)
        requireRight(request, community.id, 'manage_cases')
        await asCommunities(parts.engine.db, [community.id], (trx) =>
          trx
            .updateTable('media')
            .set({ is_public: request.body.is_public })
            .where('community_id', '=', community.id)
            .where('id', '=', request.params.id)
            .execute(),
        )
        const media = await find(community, request.params.id)
        if (!media) throw new ApiProblem('media/not-found', 'there is no such photo here')
        return viewOf(media)
      },
    )

    const find = (community: Community, id: string) =>
      asCommunities(parts.engine.db, [community.id], (trx) => findMedia(trx, community.id, id))
  }
}

/** @throws ApiProblem 409 when the id is another photo's, or somebody else's. */
function sameAs(
  known: StoredMedia,
  sent: { upload_hash: string; created_by: string | null },
): StoredMedia {
  if (known.upload_hash === sent.upload_hash && known.created_by === sent.created_by) return known
  throw new ApiProblem('media/id-taken', 'this id is another photo', [
    { path: 'id', message: 'make a new UUID' },
  ])
}

/** Sent as a picture and nothing else, whatever a browser would guess; kept by the viewer's own browser only. */
async function sendPhoto(
  request: FastifyRequest,
  reply: FastifyReply,
  disk: Disk,
  media: StoredMedia,
  size: 'full' | 'thumb',
): Promise<FastifyReply> {
  const etag = `"${media.sha256.slice(0, 32)}-${size}"`
  reply.header('etag', etag).header('cache-control', 'private, max-age=31536000, immutable')
  if (request.headers['if-none-match'] === etag) return reply.code(304).send()
  const [full, thumb] = filesOf(media.storage_key)
  const bytes = Buffer.from(await disk.getBytes(size === 'thumb' ? thumb : full))
  return reply
    .type('image/jpeg')
    .header('content-disposition', `inline; filename="${media.id}.jpg"`)
    .send(bytes)
}

const viewOf = (media: StoredMedia) => ({
  id: media.id,
  role: media.role,
  content_type: media.content_type,
  bytes: media.bytes,
  width: media.width,
  height: media.height,
  taken_at: media.taken_at?.toISOString() ?? null,
  taken_lon: media.taken_lon,
  taken_lat: media.taken_lat,
  created_at: media.created_at.toISOString(),
})
