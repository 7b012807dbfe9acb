import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import fastifyPlugin from 'fastify-plugin'
import { ApiProblem } from './problem.ts'
import { MOST_A_MINUTE } from './quick-reads.ts'

const TIANDITU = 'https://*.tianditu.gov.cn'

interface SecurityOptions {
  basemapStyle: string | null
  tiandituToken: string | null
  isRateLimited: boolean
}

/** The front door: content security policy, transport and frame headers, limits per address. */
export const security = fastifyPlugin<SecurityOptions>(
  async (app, settings) => {
    const outside = [
      ...(settings.basemapStyle ? originsOf(settings.basemapStyle) : []),
      ...(settings.tiandituToken ? [TIANDITU] : []),
    ]
    await app.register(helmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          // MapLibre's worker is a module beside the page; older browsers get it as a blob.
          workerSrc: ["'self'", 'blob:'],
          childSrc: ["'self'", 'blob:'],
          imgSrc: ["'self'", 'data:', 'blob:', ...outside],
          styleSrc: ["'self'", "'unsafe-inline'"],
          connectSrc: ["'self'", ...outside],
          objectSrc: ["'none'"],
          baseUri: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      // Map data is public: pages and programs of other sites may read it. Nothing of a session goes along.
      crossOriginResourcePolicy: { policy: 'cross-origin' },
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
      strictTransportSecurity: { maxAge: 15_552_000 },
    })
    app.addHook('onSend', async (_request, reply) => {
      reply.header('permissions-policy', 'camera=(self), geolocation=(self), microphone=()')
    })
    if (settings.isRateLimited)
      await app.register(rateLimit, {
        max: MOST_A_MINUTE,
        timeWindow: '1 minute',
        errorResponseBuilder: (_request, context) =>
          new ApiProblem(
            'request/too-many',
            `more than ${context.max} requests in ${context.after}; try again later`,
          ),
      })
  },
  { name: 'security' },
)

/** A style may name tiles, glyphs and sprites of its own origin and of others; https ones are let through then. */
function originsOf(style: string): string[] {
  return /^https?:/.test(style) ? [new URL(style).origin, 'https:'] : []
}
