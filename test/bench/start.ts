import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildPage, isPageCurrent } from '../../api/cli/build-page.ts'
import { SLUG } from './city-database.ts'
import { atMost, type Figure, figure } from './figures.ts'
import type { Bench } from './bench.ts'
import { freePort } from './postgres.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** From the command to a service that says it is ready: embedded with the sample, and on a server with a whole city. */
export async function start(bench: Bench): Promise<Figure[]> {
  // The page is built once for each version of the sources; that is not what is measured here.
  if (!isPageCurrent()) await buildPage()
  const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-bench-start-'))
  const figures: Figure[] = []
  try {
    const embedded = { DATA_DIR: path.join(folder, 'embedded') }
    const first = await startOnce(embedded)
    const second = await startOnce(embedded)
    figures.push(
      figure('first start, embedded engine with the sample', first.ready_s, 's'),
      figure('second start, embedded engine', second.ready_s, 's'),
    )
    const { url } = await bench.database()
    if (url) {
      const env = { DATA_DIR: path.join(folder, 'server'), DATABASE_URL: url }
      await startOnce(env)
      const tile = `/api/tiles/bays/14/${12_338}/${6_783}.mvt?community=${SLUG}`
      const city = await startOnce(env, tile)
      figures.push(
        figure('ready at city scale, server engine', city.ready_s, 's', atMost(1)),
        figure('first tile after that: 123,000 features loaded', city.answer_s, 's'),
      )
    }
    return figures
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Starts the program, waits until it is ready, asks for `url` and stops it; seconds from the command. */
async function startOnce(
  env: Record<string, string>,
  url = '/healthz',
): Promise<{ ready_s: number; answer_s: number }> {
  const port = await freePort()
  const began = performance.now()
  const program = spawn(process.execPath, ['api/cli/jiexu.js', 'start'], {
    cwd: ROOT,
    env: { ...process.env, LOG_LEVEL: 'warn', ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  // An interrupted run leaves no service behind.
  const kill = () => program.kill('SIGKILL')
  process.once('exit', kill)
  let complaints = ''
  program.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()))
  try {
    const base = `http://127.0.0.1:${port}`
    while (!(await isReady(`${base}/readyz`))) {
      if (program.exitCode !== null || performance.now() - began > 120_000)
        throw new Error(`the service did not start: ${complaints}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const ready = performance.now()
    await (await fetch(base + url)).arrayBuffer()
    return { ready_s: (ready - began) / 1000, answer_s: (performance.now() - ready) / 1000 }
  } finally {
    program.kill('SIGTERM')
    await ended
    process.off('exit', kill)
  }
}

const isReady = (url: string): Promise<boolean> =>
  fetch(url).then(
    (reply) => reply.ok,
    () => false,
  )
