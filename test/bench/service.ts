import Fastify, { type FastifyInstance } from 'fastify'
import type { AddressInfo } from 'node:net'
import { type AppParts, buildApp } from '../../api/app.ts'
import { ChangeFeed } from '../../api/db/change-feed.ts'
import { StreetModels } from '../../api/model/street-models.ts'
import { readSettings } from '../../api/settings.ts'
import type { CityDatabase } from './city-database.ts'

/** The whole product listening on a free loopback port, logging warnings only and without request limits. */
export interface Service extends AppParts {
  app: FastifyInstance
  port: number
  close(): Promise<void>
}

export async function startService(
  database: CityDatabase,
  options: Partial<Pick<AppParts, 'tileCacheBytes'>> = {},
): Promise<Service> {
  const settings = readSettings({
    DATA_DIR: database.dataDir,
    DATABASE_URL: database.url,
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'warn',
    JIEXU_SAMPLE: 'no',
  })
  const { engine } = database
  const feed = new ChangeFeed(engine.db)
  await feed.start()
  const models = new StreetModels(engine, feed)
  const parts: AppParts = { engine, feed, models, settings, isReady: () => true, ...options }
  const app = await buildApp(parts, { level: 'warn' })
  return {
    ...parts,
    app,
    port: await portOf(app),
    close: async () => {
      await app.close()
      await feed.stop()
    },
  }
}

/** A bare Fastify that answers what `register` adds: what the product's answers are compared with. */
export async function startBare(
  register: (app: FastifyInstance) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const app = Fastify()
  register(app)
  return { port: await portOf(app), close: () => app.close().then(() => {}) }
}

async function portOf(app: FastifyInstance): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}
