import type { FastifyInstance } from 'fastify'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'

/** A whole answer that lies in memory. */
export interface QuickReply {
  status: 200 | 204 | 304
  /** Names and values in turn: what Node sends soonest. */
  headers: string[]
  body?: Buffer | string
}

/** Answers a GET from memory; null where that is not possible: the router then takes the request as ever. */
export type QuickRead = (url: string, headers: IncomingHttpHeaders) => QuickReply | null

declare module 'fastify' {
  interface FastifyInstance {
    quickReads: QuickReads
  }
}

/** The reads of this process that may be answered before the router, by the beginning of their address. */
export class QuickReads {
  /** How many requests were answered here: they pass no hook that could count them. */
  answered = 0
  readonly #reads: { prefix: string; read: QuickRead }[] = []

  add(prefix: string, read: QuickRead): void {
    this.#reads.push({ prefix, read })
  }

  find(url: string, headers: IncomingHttpHeaders): QuickReply | null {
    for (const { prefix, read } of this.#reads)
      if (url.startsWith(prefix)) {
        const reply = read(url, headers)
        if (reply) return reply
      }
    return null
  }
}

/**
 * Public map data that lies ready in memory needs no session, no validation and no limit: finding it costs less than
 * refusing it would, and the framework's hooks cost five times the answer. So such reads are tried first, on Node's
 * own server. Only an address in exactly the usual form counts; everything else goes through the router.
 */
export function answerQuickly(app: FastifyInstance): void {
  const reads = new QuickReads()
  app.decorate('quickReads', reads)
  const [viaRouter] = app.server.listeners('request') as RequestListener[]
  if (!viaRouter) return
  app.server.removeListener('request', viaRouter)
  app.server.on('request', ((request, response) => {
    const reply = request.method === 'GET' ? reads.find(request.url!, request.headers) : null
    if (!reply) return viaRouter(request, response)
    reads.answered++
    response.writeHead(reply.status, reply.headers)
    response.end(reply.body)
  }) satisfies RequestListener)
}

/** What the front door says about data; pages and scripts are not answered here. */
export const QUICK_HEADERS = [
  'x-content-type-options',
  'nosniff',
  'cross-origin-resource-policy',
  'cross-origin',
]
