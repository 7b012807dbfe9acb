import type { FastifyRequest } from 'fastify'
import { ApiProblem } from './problem.ts'

export const etagOf = ({ version }: { version: number }): string => `"${version}"`

/**
 * Refuses a change of a version that the caller has not seen.
 * @throws ApiProblem 428 without If-Match where `isNeeded`, 412 when the record is at another version.
 */
export function refuseStale(request: FastifyRequest, version: number, isNeeded = true): void {
  const match = request.headers['if-match']
  if (!match) {
    if (!isNeeded) return
    throw new ApiProblem(
      'request/precondition-required',
      'send If-Match with the ETag of the version you changed',
    )
  }
  const known = match.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  if (!known.includes('*') && !known.includes(`"${version}"`))
    throw new ApiProblem(
      'request/precondition-failed',
      `it is at version ${version} now; read it again, then change it`,
    )
}
