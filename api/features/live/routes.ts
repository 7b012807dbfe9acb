import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { ChangeFeed } from '../../db/change-feed.ts'
import { communityOf } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import { CommunityRef } from '../../http/shapes.ts'

const HEARTBEAT_MS = 15_000
const MOST_LISTENERS = 5_000

/** Server-sent events: a `hello`, then one `change` for each layer of the community that was written to. */
export function liveRoutes(parts: { feed: ChangeFeed }): FastifyPluginAsyncTypebox {
  return async (app) => {
    const listeners = new Map<string, Set<FastifyReply['raw']>>()
    let count = 0

    const stopFeed = parts.feed.onChange((change) => {
      // The same bytes for all listeners of the community: writing them is all that is left to do for each.
      const text = Buffer.from(`event: change\ndata: ${JSON.stringify(change)}\n\n`)
      for (const raw of listeners.get(change.community_id) ?? []) raw.write(text)
    })
    const heartbeat = setInterval(() => {
      for (const group of listeners.values()) for (const raw of group) raw.write(': still here\n\n')
    }, HEARTBEAT_MS)
    heartbeat.unref()
    // Before the server waits for open requests to end: these would never end by themselves.
    app.addHook('preClose', async () => {
      stopFeed()
      clearInterval(heartbeat)
      for (const group of listeners.values()) for (const raw of group) raw.end()
    })

    app.get(
      '/events',
      {
        schema: {
          tags: ['live'],
          summary: 'Changes as they happen (server-sent events)',
          querystring: Type.Object({ community: Type.Optional(CommunityRef) }),
          produces: ['text/event-stream'],
          response: { 200: Type.String() },
        },
      },
      async (request, reply) => {
        const community = await communityOf(request)
        if (count >= MOST_LISTENERS)
          throw new ApiProblem(
            'service/unavailable',
            'too many listeners on this instance',
            undefined,
            {
              'retry-after': '30',
            },
          )
        const group = listeners.get(community.id) ?? new Set()
        listeners.set(community.id, group)
        reply.hijack()
        const { raw } = reply
        // The answer ends with its connection. Framing each event in chunks would cost three writes instead of one.
        raw.useChunkedEncodingByDefault = false
        const kept = reply.getHeaders() as Record<string, string>
        raw.writeHead(200, {
          ...kept,
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache, no-transform',
          'x-accel-buffering': 'no',
        })
        raw.write(
          `retry: 2000\nevent: hello\ndata: ${JSON.stringify({ community_id: community.id })}\n\n`,
        )
        group.add(raw)
        count++
        raw.on('close', () => {
          if (group.delete(raw)) count--
          if (group.size === 0) listeners.delete(community.id)
        })
      },
    )
  }
}
