import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'
import { Type } from 'typebox'
import type { Engine } from '../../db/connect.ts'
import { ApiProblem } from '../../http/problem.ts'
import { Nullable } from '../../http/shapes.ts'
import type { Settings } from '../../settings.ts'

/** For those who run the service: is it alive, is it ready, what does it measure. */
export function serviceRoutes(parts: {
  engine: Engine
  isReady: () => boolean
}): FastifyPluginAsyncTypebox {
  return async (app) => {
    const registry = new Registry()
    collectDefaultMetrics({ register: registry })
    const durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time to answer a request, by route',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3],
      registers: [registry],
    })
    app.addHook('onResponse', async (request, reply) => {
      durations.observe(
        {
          method: request.method,
          route: request.routeOptions.url ?? 'unknown',
          status: String(reply.statusCode),
        },
        reply.elapsedTime / 1000,
      )
    })
    new Counter({
      name: 'http_quick_reads_total',
      help: 'Requests answered from memory before the router: they are not in the durations',
      registers: [registry],
      collect() {
        this.reset()
        this.inc(app.quickReads.answered)
      },
    })
    app.addHook('onClose', async () => registry.clear())

    const hidden = { hide: true }
    app.get('/healthz', { schema: hidden }, async () => ({ status: 'ok' }))
    app.get('/readyz', { schema: hidden }, async () => {
      if (!parts.isReady()) throw new ApiProblem('service/unavailable', 'still starting')
      await sql`select 1`.execute(parts.engine.db)
      return { status: 'ready', engine: parts.engine.kind }
    })
    app.get('/metrics', { schema: hidden }, async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    )
  }
}

/** What the page must know of its server before it draws. */
export function configRoutes(parts: { settings: Settings }): FastifyPluginAsyncTypebox {
  return async (app) => {
    app.get(
      '/config',
      {
        schema: {
          tags: ['service'],
          summary: 'Settings of the page',
          response: {
            200: Type.Object({
              basemap_style: Nullable(Type.String()),
              tianditu_token: Nullable(Type.String()),
              sample: Type.Boolean(),
            }),
          },
        },
      },
      async () => ({
        basemap_style: parts.settings.basemapStyle,
        tianditu_token: parts.settings.tiandituToken,
        sample: parts.settings.isSample,
      }),
    )
  }
}
