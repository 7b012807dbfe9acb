// @ts-check
// Plain JavaScript: a worker thread starts without the TypeScript loader, and so a second sooner.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

if (!parentPort) throw new Error('embedded-worker runs as a worker thread only')
const port = parentPort
/** @type {{ folder: string, socketDir: string | null }} */
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- Node types what a worker is given as any
const { folder, socketDir } = workerData

const isFirstStart = !existsSync(path.join(folder, 'PG_VERSION'))
port.postMessage({ progress: isFirstStart ? 'first-start' : 'start' })

try {
  const database = await PGlite.create(folder, { extensions: { postgis } })
  if (isFirstStart) await database.exec('create extension if not exists postgis')
  const server = new PGLiteSocketServer({
    db: database,
    maxConnections: 100,
    ...(socketDir
      ? { path: path.join(socketDir, '.s.PGSQL.5432') }
      : { host: '127.0.0.1', port: 0 }),
  })
  /** @type {Promise<number>} */
  const bound = new Promise((resolve) =>
    server.addEventListener('listening', (event) => {
      const { detail } = /** @type {CustomEvent<{ port?: number }>} */ (event)
      resolve(detail?.port ?? 5432)
    }),
  )
  await server.start()
  port.postMessage({ port: socketDir ? 5432 : await bound })
  const stop = async () => {
    await server.stop()
    await database.close()
    process.exit(0)
  }
  port.once('message', () => void stop())
} catch (error) {
  port.postMessage({ error: `The embedded database did not start: ${String(error)}` })
}
