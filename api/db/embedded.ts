import { mkdirSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import lockfile from 'proper-lockfile'

/** Where the pg driver finds the embedded engine: a private Unix socket, or a loopback port on Windows. */
export interface EmbeddedConnection {
  host: string
  port: number
  user: string
  database: string
}

export interface EmbeddedEngine {
  connection: EmbeddedConnection
  stop(): Promise<void>
}

/**
 * Starts PostgreSQL + PostGIS inside this process, in a worker thread, on the folder `dataDir/postgres`.
 * @throws when another process holds the folder, with a message that says so.
 */
export async function startEmbedded(
  dataDir: string,
  onProgress: (message: string) => void,
): Promise<EmbeddedEngine> {
  const folder = path.resolve(dataDir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const unlock = await holdFolder(folder)
  const socketDir =
    process.platform === 'win32' ? null : await mkdtemp(path.join(tmpdir(), 'jiexu-'))
  try {
    const worker = new Worker(new URL('./embedded-worker.js', import.meta.url), {
      workerData: { folder: path.join(folder, 'postgres'), socketDir },
      // The engine's memory lives in WebAssembly; the worker needs no loader of ours.
      execArgv: [],
    })
    const port = await whenReady(worker, onProgress)
    return {
      connection: {
        host: socketDir ?? '127.0.0.1',
        port,
        user: 'postgres',
        database: 'postgres',
      },
      stop: async () => {
        const stopped = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
        worker.postMessage('stop')
        await stopped
        if (socketDir) rmSync(socketDir, { recursive: true, force: true })
        await unlock()
      },
    }
  } catch (error) {
    if (socketDir) rmSync(socketDir, { recursive: true, force: true })
    await unlock()
    throw error
  }
}

async function holdFolder(folder: string): Promise<() => Promise<void>> {
  try {
    // A killed process leaves its lock behind; after 10 s without a sign of life it counts as gone.
    return await lockfile.lock(folder, {
      stale: 10_000,
      update: 2_000,
      retries: { retries: 12, minTimeout: 1_000, maxTimeout: 1_000 },
      lockfilePath: path.join(folder, 'engine.lock'),
      onCompromised: (error) => {
        throw error
      },
    })
  } catch (cause) {
    throw new Error(
      `The data folder ${folder} is in use by another Jiexu process. Stop that one, or start this one with another DATA_DIR.`,
      { cause },
    )
  }
}

function whenReady(worker: Worker, onProgress: (message: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: { progress?: string; port?: number; error?: string }) => {
      if (message.progress) onProgress(message.progress)
      if (message.port !== undefined) resolve(message.port)
      if (message.error) reject(new Error(message.error))
    })
    worker.once('error', reject)
    worker.once('exit', (code) =>
      reject(new Error(`The embedded database stopped (code ${code}).`)),
    )
  })
}
