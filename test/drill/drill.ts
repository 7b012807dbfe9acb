import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** What a drill is given. */
export interface Drill {
  /** A fresh database of a PostgreSQL server; undefined: the embedded engine. */
  databaseUrl: string | undefined
  note: (message: string) => void
}

const ROOT = path.resolve(import.meta.dirname, '../..')

/** The program as people start it, to be killed and started again on the same port. */
export class Program {
  readonly url: string
  readonly #env: Record<string, string>
  #child: ChildProcess | undefined
  readonly #killAtExit = () => void this.#child?.kill('SIGKILL')

  constructor(port: number, env: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`
    this.#env = { ...env, PORT: String(port) }
    // An interrupted run leaves no service behind.
    process.once('exit', this.#killAtExit)
  }

  /** @throws when it is not ready within two minutes. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['api/cli/jiexu.js', 'start'], {
      cwd: ROOT,
      env: { ...process.env, LOG_LEVEL: 'warn', RATE_LIMIT: 'off', ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let told = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (told = (told + chunk.toString()).slice(-4000)))
    for (const until = Date.now() + 120_000; ;) {
      if (await this.#isReady()) return
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`the service did not start: ${told}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** `SIGKILL` is `kill -9`: nothing is said or written any more. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  async #isReady(): Promise<boolean> {
    return fetch(`${this.url}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    )
  }
}
