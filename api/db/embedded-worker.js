// @ts-check
// Plain JavaScript: a worker thread starts without the TypeScript loader, and so a second sooner.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { postgis } from '@electric-sql/pglite-postgis'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'

if (!parentPort) throw new Error('embedded-worker runs as a worker thread only')
const port = parentPort
/** @type {{ folder: string, socketDir: string | null }} */
// eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- Node types what a worker is given as any
const { folder, socketDir } = workerData

/** Parse, Bind, Describe, Execute, Close, Flush: the messages that a Sync ends. */
const EXTENDED = new Set(['P', 'B', 'D', 'E', 'C', 'H'])
/** The length of a ReadyForQuery message. */
const READY_BYTES = 6

const isFirstStart = !existsSync(path.join(folder, 'PG_VERSION'))
port.postMessage({ progress: isFirstStart ? 'first-start' : 'start' })

try {
  const database = await PGlite.create(folder, { extensions: { postgis, btree_gist } })
  if (isFirstStart) await database.exec('create extension if not exists postgis')
  answerErrorsOnce(database)
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

/**
 * After an error inside an extended query a server skips what follows and says ReadyForQuery once, at Sync. PGlite,
 * given the messages one by one, says it with the error and again for every message until then: the driver would take
 * the surplus for the end of its next statement, and from there on every answer for another's. So what PGlite says too
 * much is left out here.
 * @param {PGlite} database
 */
function answerErrorsOnce(database) {
  const execute = database.execProtocolRawStream.bind(database)
  let isSkipping = false
  database.execProtocolRawStream = async (message, options) => {
    const kind = String.fromCharCode(message[0] ?? 0)
    if (!EXTENDED.has(kind)) {
      isSkipping = false
      return execute(message, options)
    }
    if (isSkipping) return
    // Only the end of the answer can be ReadyForQuery: it is held back until all of it has come.
    let held = new Uint8Array(0)
    await execute(message, {
      ...options,
      onRawData: (data) => {
        const all = new Uint8Array(held.length + data.length)
        all.set(held)
        all.set(data, held.length)
        const end = Math.max(0, all.length - READY_BYTES)
        if (end > 0) options.onRawData(all.subarray(0, end))
        held = all.slice(end)
      },
    })
    isSkipping = isReadyForQuery(held)
    if (!isSkipping && held.length > 0) options.onRawData(held)
  }
}

/** @param {Uint8Array} data */
function isReadyForQuery(data) {
  return data.length === READY_BYTES && [0x5a, 0, 0, 0, 5].every((byte, i) => data[i] === byte)
}
