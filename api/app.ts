import compress from '@fastify/compress'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { v7 as uuidv7 } from 'uuid'
import type { ChangeFeed } from './db/change-feed.ts'
import type { Engine } from './db/connect.ts'
import { RulePacks } from './db/rule-packs.ts'
import { accountRoutes } from './features/accounts/routes.ts'
import { auditRoutes } from './features/audit/routes.ts'
import { bulletinRoutes } from './features/bulletins/routes.ts'
import { caseKindRoutes } from './features/case-kinds/routes.ts'
import { calendarRoutes } from './features/clock/calendar-routes.ts'
import { casesCollection } from './features/cases/collection.ts'
import { caseCollectionRoutes } from './features/cases/collection-routes.ts'
import { caseRoutes } from './features/cases/routes.ts'
import { checkRoutes } from './features/checks/routes.ts'
import { clearPathRoutes } from './features/clear-path/routes.ts'
import { admitPlanned, publishPlanned } from './features/inventory/planned-items.ts'
import { demandRoutes } from './features/demand/routes.ts'
import { frontageRoutes } from './features/frontages/routes.ts'
import { markLetterSigned, writeLaidFrontage } from './features/inventory/laid-frontages.ts'
import { inventoryRoutes } from './features/inventory/routes.ts'
import { setZoneStatus } from './features/inventory/zone-status.ts'
import { layoutRoutes } from './features/layouts/routes.ts'
import { liveRoutes } from './features/live/routes.ts'
import { mediaRoutes } from './features/media/routes.ts'
import { notificationRoutes } from './features/notifications/routes.ts'
import { observationRoutes } from './features/observations/routes.ts'
import { occupancyRoutes } from './features/occupancy/routes.ts'
import { patrolRoutes } from './features/patrols/routes.ts'
import { planRoutes } from './features/plans/routes.ts'
import { rulePackRoutes } from './features/rule-packs/routes.ts'
import { searchRoutes } from './features/search/routes.ts'
import { configRoutes, serviceRoutes } from './features/service/routes.ts'
import { stallRoutes } from './features/stalls/routes.ts'
import { summaryRoutes } from './features/summary/routes.ts'
import { tileRoutes } from './features/tiles/routes.ts'
import { refuseUnacceptable } from './http/accept.ts'
import { knowCommunities } from './http/community.ts'
import { idempotency } from './http/idempotency.ts'
import { refuseUnstorable } from './http/plain-text.ts'
import { answerFrameworkError, answerProblems } from './http/problem.ts'
import { answerQuickly, MOST_A_MINUTE, TRUSTED_PROXIES } from './http/quick-reads.ts'
import { security } from './http/security.ts'
import { sessions } from './http/session.ts'
import { Problem } from './http/shapes.ts'
import { validateStrictly } from './http/validation.ts'
import { Scenes } from './model/scenes.ts'
import type { StreetModels } from './model/street-models.ts'
import type { Settings } from './settings.ts'

/** What the service is built on; `main.ts` opens them, and tests open the same. */
export interface AppParts {
  engine: Engine
  feed: ChangeFeed
  models: StreetModels
  settings: Settings
  isReady: () => boolean
  /** Memory for encoded tiles; 0 keeps none, for programs that measure. */
  tileCacheBytes?: number
}

const PROBLEM_REPLY = {
  description: 'A problem document (RFC 9457)',
  content: { 'application/problem+json': { schema: Problem } },
}

/** The page's own addresses; web/src/state/route.svelte.ts knows the same. */
const PAGE_ADDRESSES = [
  '/',
  '/map',
  '/occupancy',
  '/conflicts',
  '/plan',
  '/plans',
  '/shared-plan',
  '/rules',
  '/demand',
  '/inspect',
  '/cases',
  '/inbox',
  '/report',
  '/merchant',
  '/bulletin',
  '/case-kinds',
  '/patrols',
  '/zones',
  '/permit',
  '/sign-in',
]

const WEB = fileURLToPath(new URL('../web/dist/', import.meta.url))

/** Builds the whole HTTP service on given parts. Listens nowhere: `main.ts` does that. */
export async function buildApp(
  parts: AppParts,
  logger: FastifyServerOptions['logger'] = false,
): Promise<FastifyInstance> {
  const app = Fastify({
    logger: logger as never,
    genReqId: () => uuidv7(),
    bodyLimit: 1024 * 1024,
    trustProxy: TRUSTED_PROXIES,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerFrameworkError,
    // Open listeners of the live feed are ended by it; idle keep-alive connections need not be waited for.
    forceCloseConnections: 'idle',
    return503OnClosing: false,
  }).withTypeProvider<TypeBoxTypeProvider>()

  answerProblems(app)
  validateStrictly(app)
  refuseUnacceptable(app)
  refuseUnstorable(app)
  knowCommunities(app, parts.engine.db)
  answerQuickly(app, parts.settings.isRateLimited ? MOST_A_MINUTE : Infinity)
  acceptGeoJson(app)

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Jiexu 街序',
        version: '0.1.0',
        description:
          'Parking and street order: inventory, occupancy, conflicts. Errors are problem documents (RFC 9457).',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/', description: 'this server' }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'jiexu_session' },
          basic: { type: 'http', scheme: 'basic' },
        },
      },
    },
    // In the document only: problems are written by hand, not by a serializer.
    transform: ({ schema, url }) => ({
      schema: {
        ...schema,
        response: { ...(schema.response as object), default: PROBLEM_REPLY },
      },
      url,
    }),
  })
  const { basemapStyle, tiandituToken, isRateLimited } = parts.settings
  await app.register(security, { basemapStyle, tiandituToken, isRateLimited })
  // Before compression: answers are kept as text.
  await app.register(idempotency, { engine: parts.engine, secret: parts.settings.sessionSecret })
  await app.register(compress, { global: true, threshold: 1024, encodings: ['br', 'gzip'] })
  await app.register(sessions, { engine: parts.engine, secret: parts.settings.sessionSecret })

  const scenes = new Scenes()
  const rulePacks = new RulePacks(parts.engine, parts.feed)
  await app.register(serviceRoutes(parts))
  await app.register(
    async (api) => {
      await api.register(swaggerUi, { routePrefix: '/docs', staticCSP: false })
      api.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
      await api.register(configRoutes(parts))
      for (const [isPathForm, prefix] of [
        [false, ''],
        [true, '/communities/:community'],
      ] as const) {
        await api.register(inventoryRoutes(parts, isPathForm, [casesCollection]), { prefix })
        await api.register(caseCollectionRoutes(parts, isPathForm), { prefix })
      }
      await api.register(summaryRoutes(parts))
      await api.register(searchRoutes(parts))
      await api.register(tileRoutes(parts))
      await api.register(checkRoutes({ ...parts, scenes, rulePacks }))
      await api.register(clearPathRoutes({ ...parts, scenes, rulePacks }))
      await api.register(layoutRoutes({ ...parts, scenes, rulePacks }))
      await api.register(rulePackRoutes({ ...parts, scenes, rulePacks }))
      await api.register(observationRoutes(parts))
      await api.register(occupancyRoutes(parts))
      await api.register(demandRoutes(parts))
      await api.register(caseKindRoutes(parts))
      await api.register(caseRoutes(parts))
      await api.register(calendarRoutes(parts))
      await api.register(mediaRoutes(parts))
      await api.register(notificationRoutes(parts))
      await api.register(patrolRoutes(parts))
      await api.register(
        planRoutes({
          ...parts,
          scenes,
          packOf: async ({ id }) => (await rulePacks.inForce(id)).pack,
          inventory: { admit: admitPlanned, publish: publishPlanned },
        }),
      )
      await api.register(stallRoutes({ ...parts, setZoneStatus }))
      await api.register(
        frontageRoutes({
          ...parts,
          inventory: { write: writeLaidFrontage, markSigned: markLetterSigned },
        }),
      )
      await api.register(bulletinRoutes(parts))
      await api.register(accountRoutes(parts))
      await api.register(auditRoutes(parts))
      await api.register(liveRoutes(parts))
    },
    { prefix: '/api' },
  )
  await servePage(app)
  return app
}

/** JSON in its names. Some desktop programs name one for a DELETE that has no body at all. */
function acceptGeoJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['text/plain', 'application/json'])
  app.addContentTypeParser<string>(
    ['application/json', 'application/geo+json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    (request, body, done) =>
      body === '' && request.method === 'DELETE'
        ? done(null, undefined)
        : void parse(request, body, done),
  )
}

/** The built page: hashed files for ever, every other address of the page answers its one document. */
async function servePage(app: FastifyInstance): Promise<void> {
  if (!existsSync(path.join(WEB, 'index.html'))) return
  await app.register(fastifyStatic, {
    root: WEB,
    wildcard: false,
    index: false,
    setHeaders: (reply, file) => {
      reply.header(
        'cache-control',
        file.includes(`${path.sep}assets${path.sep}`)
          ? 'public, max-age=31536000, immutable'
          : 'no-cache',
      )
    },
  })
  const page = { schema: { hide: true } }
  for (const address of PAGE_ADDRESSES)
    app.get(address, page, (_request, reply) => reply.sendFile('index.html'))
}
