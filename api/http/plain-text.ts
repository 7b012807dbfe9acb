import type { FastifyInstance } from 'fastify'
import { ApiProblem } from './problem.ts'

/** Deeper than any GeoJSON goes, and far from what would exhaust a stack. */
const MOST_DEPTH = 64

/**
 * Refuses what no record can hold, before any schema looks at it: the NUL character, which PostgreSQL has no text for,
 * and nesting without end. Lists (observations) are left to their route, which judges each item for itself.
 */
export function refuseUnstorable(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    for (const part of [request.params, request.query])
      for (const [path, value] of Object.entries((part ?? {}) as Record<string, unknown>))
        if ([value].flat().some((text) => typeof text === 'string' && text.includes('\0')))
          throw new ApiProblem('request/invalid-parameter', `${path} holds a NUL character`, [
            { path, message: 'must not hold the NUL character' },
          ])
    if (Array.isArray(request.body)) return
    const fault = faultIn(request.body)
    if (fault)
      throw new ApiProblem('request/invalid-body', `${fault.path}: ${fault.message}`, [fault])
  })
}

/** The first unstorable place of a value, by a walk without recursion. */
function faultIn(body: unknown): { path: string; message: string } | null {
  const open: { value: unknown; place: Place | null; depth: number }[] = [
    { value: body, place: null, depth: 0 },
  ]
  for (let at = open.pop(); at; at = open.pop()) {
    const { value, place, depth } = at
    if (typeof value === 'string') {
      if (value.includes('\0'))
        return { path: pathOf(place), message: 'must not hold the NUL character' }
    } else if (typeof value === 'object' && value !== null) {
      if (depth > MOST_DEPTH)
        return { path: pathOf(place, 3), message: `nested deeper than ${MOST_DEPTH} levels` }
      for (const [key, inside] of Object.entries(value))
        if (typeof inside === 'string' || typeof inside === 'object')
          open.push({ value: inside, place: { key, above: place }, depth: depth + 1 })
    }
  }
  return null
}

interface Place {
  key: string
  above: Place | null
}

/** The keys from the outside in, at most `most` of them. */
function pathOf(place: Place | null, most = Infinity): string {
  const keys: string[] = []
  for (let at = place; at; at = at.above) keys.unshift(at.key)
  return keys.slice(0, most).join('/')
}
