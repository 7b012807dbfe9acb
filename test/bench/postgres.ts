import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A PostgreSQL server of our own, with PostGIS, thrown away at the end. */
export interface Cluster {
  /** Address of its database `postgres`; the role may do everything. */
  url: string
  bin: string
  version: string
  stop(): void
}

const PACKAGES = '/usr/lib/postgresql'

/**
 * As a server of a few gigabytes would be set up; durable writes stay on. Planning may use both cores, and JIT is off
 * because it makes short queries slower.
 */
const SETTINGS = {
  shared_buffers: '1GB',
  work_mem: '128MB',
  maintenance_work_mem: '256MB',
  effective_cache_size: '4GB',
  random_page_cost: '1.1',
  max_wal_size: '4GB',
  max_connections: '100',
  jit: 'off',
  unix_socket_directories: '',
}

/** Starts a cluster from Debian's packages in a temporary folder; null where they are not installed. */
export async function startCluster(): Promise<Cluster | null> {
  const bin = findBin()
  if (!bin) return null
  const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-bench-pg-'))
  const identity = serverIdentity()
  if (identity) chownSync(folder, identity.uid, identity.gid)
  const data = path.join(folder, 'data')
  const options = { ...identity, cwd: folder, stdio: 'pipe' as const }
  execFileSync(
    path.join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'],
    options,
  )
  const port = await freePort()
  const server = spawn(
    path.join(bin, 'postgres'),
    [
      '-D',
      data,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    { ...identity, cwd: folder, stdio: 'ignore' },
  )
  const stop = () => {
    process.off('exit', stop)
    // SIGQUIT: no checkpoint for data that is thrown away.
    if (server.exitCode === null) server.kill('SIGQUIT')
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
  process.on('exit', stop)
  for (let tries = 0; !isReady(bin, port); tries++) {
    if (tries > 100 || server.exitCode !== null) throw new Error('PostgreSQL did not start')
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const version = execFileSync(path.join(bin, 'postgres'), ['--version']).toString().trim()
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, bin, version, stop }
}

function findBin(): string | null {
  if (!existsSync(PACKAGES)) return null
  const versions = readdirSync(PACKAGES).sort((a, b) => Number(b) - Number(a))
  const found = versions.find(
    (version) =>
      existsSync(path.join(PACKAGES, version, 'bin/initdb')) &&
      existsSync(`/usr/share/postgresql/${version}/extension/postgis.control`),
  )
  return found ? path.join(PACKAGES, found, 'bin') : null
}

/** PostgreSQL refuses to run as root: it then runs as the account that Debian's package made. */
function serverIdentity(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres']).toString())
  return { uid: id('-u'), gid: id('-g') }
}

function isReady(bin: string, port: number): boolean {
  try {
    execFileSync(path.join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)])
    return true
  } catch {
    return false
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
