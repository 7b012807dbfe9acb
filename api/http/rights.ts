import type { FastifyRequest } from 'fastify'
import type { Role } from '../db/tables.ts'
import { ApiProblem } from './problem.ts'

/** Whoever a request comes from, signed in by session or HTTP Basic. */
export interface Person {
  account_id: string
  login: string
  display_name: string
  locale: string
  city_role: 'city_reader' | 'admin' | null
  memberships: { community_id: string; slug: string; role: Role; grid_ids: string[] }[]
}

/** Who may do what within a community. What is not listed here is open to everyone. */
export const RIGHTS = {
  edit_inventory: ['planner', 'leader'],
  draft_plan: ['planner', 'leader'],
  approve_bay: ['planner', 'leader'],
  log_observation: ['inspector', 'leader'],
  read_audit: ['planner', 'leader', 'admin'],
  manage_accounts: ['admin'],
} as const satisfies Record<string, readonly Role[]>

export type Action = keyof typeof RIGHTS

/** Whether a person has a right in a community. The admin of the whole city manages accounts everywhere. */
export function mayDo(person: Person | null, communityId: string, action: Action): boolean {
  if (!person) return false
  if (action === 'manage_accounts' && person.city_role === 'admin') return true
  const allowed: readonly Role[] = RIGHTS[action]
  return person.memberships.some(
    (membership) => membership.community_id === communityId && allowed.includes(membership.role),
  )
}

/** @throws ApiProblem 401 for somebody unknown, 403 for somebody without the right. */
export function requireRight(request: FastifyRequest, communityId: string, action: Action): void {
  if (mayDo(request.person, communityId, action)) return
  if (!request.person) throw new ApiProblem('session/required', 'sign in first')
  throw new ApiProblem(
    'rights/missing',
    `"${action}" is for ${RIGHTS[action].join(', ')} of this community`,
  )
}
