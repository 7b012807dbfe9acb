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

const isFirstStart = !existsSync(path.join(workerData.folder, 'PG_VERSION'))
port.postMessage({ progress: isFirstStart ? 'first-start' : 'start' })

try {
  const database = await PGlite.create(workerData.folder, { extensions: { postgis } })
  if (isFirstStart) await database.exec('create extension if not exists postgis')
  const server = new PGLiteSocketServer({
    db: database,
    maxConnections: 100,
    ...(workerData.socketDir
      ? { path: path.join(workerData.socketDir, '.s.PGSQL.5432') }
      : { host: '127.0.0.1', port: 0 }),
  })
  const bound = new Promise((resolve) =>
    server.addEventListener('listening', (event) => resolve(event.detail?.port ?? 5432)),
  )
  await server.start()
  port.postMessage({ port: workerData.socketDir ? 5432 : await bound })
  port.once('message', async () => {
    await server.stop()
    await database.close()
    process.exit(0)
  })
} catch (error) {
  port.postMessage({ error: `The embedded database did not start: ${String(error)}` })
}
