import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { createDemoAccounts } from './features/accounts/demo.ts'
import { buildApp } from './app.ts'
import { seedSample } from './cli/seed.ts'
import { ChangeFeed } from './db/change-feed.ts'
import { connect, type Engine } from './db/connect.ts'
import { migrate } from './db/migrate.ts'
import { openStorage, putAll } from './features/media/storage.ts'
import { StreetModels } from './model/street-models.ts'
import type { Queue } from './jobs/queue.ts'
import type { Settings } from './settings.ts'

export interface Running {
  app: FastifyInstance
  engine: Engine
  url: string
  /** Answers what was accepted, then closes the database. */
  close(): Promise<void>
}

/**
 * Opens the database, brings it to today's schema, loads the sample where it is asked for, and listens.
 * @throws when the data folder or the port is taken, or the database cannot be reached.
 */
export async function start(
  settings: Settings,
  onProgress: (message: string) => void,
): Promise<Running> {
  const engine = await connect({
    ...settings,
    onProgress: (step) => onProgress(`database: ${step}`),
  })
  try {
    const migrations = await migrate(engine.db)
    if (migrations.length > 0) onProgress(`database: ${migrations.length} migrations run`)
    if (settings.isSample) {
      const { community_id } = await seedSample(engine, {
        onProgress: (step) => onProgress(`sample: ${step}`),
        keepPhotos: async (files) => putAll(await openStorage(settings), files),
      })
      await createDemoAccounts(engine, community_id)
    }
    const feed = new ChangeFeed(engine.db)
    await feed.start()
    const models = new StreetModels(engine, feed)
    let isReady = false
    const app = await buildApp(
      { engine, feed, models, settings, isReady: () => isReady },
      { level: settings.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] },
    )
    const url = await app.listen({ host: settings.host, port: settings.port })
    isReady = true
    const queue = startClockWork(engine, settings, (error, job) =>
      app.log.error({ err: error, job }, 'job failed'),
    )
    return {
      app,
      engine,
      url,
      close: async () => {
        isReady = false
        await (await queue)?.stop()
        await app.close()
        await feed.stop()
        await engine.close()
      },
    }
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** After listening: nobody waits for it, and a service whose queue did not start still answers. */
async function startClockWork(
  engine: Engine,
  settings: Settings,
  onError: (error: unknown, job?: string) => void,
): Promise<Queue | undefined> {
  try {
    const [{ startQueue }, { clockWork }] = await Promise.all([
      import('./jobs/queue.ts'),
      import('./clock-work.ts'),
    ])
    return await startQueue(engine, clockWork(engine, settings), onError)
  } catch (error) {
    onError(error)
    return undefined
  }
}

/** Stops the service with grace on SIGINT, SIGTERM or an uncaught error; a second signal ends it at once. */
export function stopOnSignals(running: Running): void {
  closeWithGrace({ delay: 10_000 }, async ({ err }) => {
    if (err) process.stderr.write(`${err.stack ?? err.message}\n`)
    await running.close()
  })
}
