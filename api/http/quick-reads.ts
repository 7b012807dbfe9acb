import proxyAddress from '@fastify/proxy-addr'
import type { FastifyInstance } from 'fastify'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'

/** Only a proxy of one's own network may say for whom it asks. */
export const TRUSTED_PROXIES = ['loopback', 'linklocal', 'uniquelocal']

/** A map asks for some hundred tiles a minute; a thousand a minute from one address is a flood. */
export const MOST_A_MINUTE = 3_000

/** A whole answer that lies in memory. */
export interface QuickReply {
  status: 200 | 204 | 304
  /** Names and values in turn: what Node sends soonest. */
  headers: string[]
  /** A text stands for bytes, one a character (latin-1). */
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
 * Public map data that lies ready in memory needs no session and no validation, and the framework's hooks cost five
 * times the answer. So such reads are tried first, on Node's own server. Only an address in exactly the usual form
 * counts; everything else goes through the router, and so does whoever has asked for more than `most_a_minute`, to be
 * told so there.
 */
export function answerQuickly(app: FastifyInstance, most_a_minute: number): void {
  const reads = new QuickReads()
  const isWithinLimit = limitByAddress(app, most_a_minute)
  app.decorate('quickReads', reads)
  const [viaRouter] = app.server.listeners('request') as RequestListener[]
  if (!viaRouter) return
  app.server.removeListener('request', viaRouter)
  app.server.on('request', ((request, response) => {
    const isTried = request.method === 'GET' && isWithinLimit(request)
    const reply = isTried ? reads.find(request.url!, request.headers) : null
    if (!reply) return viaRouter(request, response)
    reads.answered++
    response.writeHead(reply.status, reply.headers)
    response.end(reply.body, 'latin1')
  }) satisfies RequestListener)
}

/** Counts the requests of each address, anew every minute. */
function limitByAddress(app: FastifyInstance, most_a_minute: number) {
  if (most_a_minute === Infinity) return () => true
  const isTrusted = proxyAddress.compile(TRUSTED_PROXIES)
  const counts = new Map<string, number>()
  const everyMinute = setInterval(() => counts.clear(), 60_000).unref()
  app.addHook('onClose', async () => clearInterval(everyMinute))
  return (request: Parameters<RequestListener>[0]): boolean => {
    const address = proxyAddress(request, isTrusted)
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    return count <= most_a_minute
  }
}

/** What the front door says about data; pages and scripts are not answered here. */
export const QUICK_HEADERS = [
  'x-content-type-options',
  'nosniff',
  'cross-origin-resource-policy',
  'cross-origin',
]
