import type { FastifyInstance } from 'fastify'
import { ApiProblem } from './problem.ts'

/**
 * Answers 406 where the caller takes none of the forms that a route has: those of `schema.produces`, which the OpenAPI
 * document names too, JSON where a documented route names none.
 */
export function refuseUnacceptable(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    const { accept } = request.headers
    const { schema } = request.routeOptions
    if (!accept || !schema) return
    const produced = schema.produces ?? (schema.hide ? null : ['application/json'])
    if (!produced) return
    const ranges = accept
      .split(',')
      .map((range) => range.split(';').map((part) => part.trim().toLowerCase()))
      .filter(([, ...parameters]) => !parameters.some((p) => /^q=0(\.0*)?$/.test(p)))
      .map(([range]) => range!)
    if (produced.some((type) => ranges.some((range) => isWithin(type, range)))) return
    throw new ApiProblem('request/not-acceptable', `this address answers ${produced.join(', ')}`, [
      { path: 'Accept', message: produced.join(', ') },
    ])
  })
}

/** `application/json` takes every form that is JSON inside, such as `application/geo+json`. */
function isWithin(type: string, range: string): boolean {
  if (range === '*/*' || range === type) return true
  if (range.endsWith('/*')) return type.startsWith(range.slice(0, -1))
  return range === 'application/json' && type.endsWith('+json')
}
