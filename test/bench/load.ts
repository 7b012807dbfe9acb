import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A request as it goes over the wire; `body` is text. */
export interface Request {
  method?: 'GET' | 'POST'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string
}

export interface LoadOptions {
  port: number
  /** Sent in turn, from the first again after the last. */
  requests: readonly Request[]
  connections: number
  seconds: number
}

export interface LoadResult {
  requests_per_s: number
  p50_ms: number
  p99_ms: number
  /** Bytes of bodies a request, on average. */
  body_bytes: number
  /** How many answers had each status. */
  statuses: Record<string, number>
}

/** One keep-alive client in a process of its own, so that it does not take the service's time. */
export class LoadClient {
  readonly #process = fork(fileURLToPath(new URL('./load-client.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  })

  /** @throws when a connection breaks. */
  run(options: LoadOptions): Promise<LoadResult> {
    return new Promise((resolve, reject) => {
      this.#process.once('message', (message: LoadResult | { error: string }) => {
        if ('error' in message) reject(new Error(message.error))
        else resolve(message)
      })
      this.#process.send(options)
    })
  }

  close(): void {
    this.#process.disconnect()
  }
}

/** @throws when any answer had another status than these. */
export function expectStatuses(result: LoadResult, ...allowed: readonly number[]): LoadResult {
  for (const status of Object.keys(result.statuses))
    if (!allowed.includes(Number(status)))
      throw new Error(`unexpected answers: ${JSON.stringify(result.statuses)}`)
  return result
}
