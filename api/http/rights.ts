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
  memberships: {
    community_id: string
    slug: string
    role: Role
    /** An inspector's own grids; empty where it is all of them. */
    grid_ids: string[]
    /** For whom a unit's or a merchant's account acts. */
    unit_id: string | null
    merchant_id: string | null
  }[]
}

/** Who may do what within a community. What is not listed here is open to everyone. */
export const RIGHTS = {
  edit_inventory: ['planner', 'leader'],
  draft_plan: ['planner', 'leader'],
  approve_bay: ['planner', 'leader'],
  read_plans: ['inspector', 'planner', 'leader'],
  approve_plan: ['leader'],
  manage_rules: ['planner', 'leader'],
  log_observation: ['inspector', 'leader'],
  read_audit: ['planner', 'leader', 'admin'],
  manage_accounts: ['leader', 'admin'],
  log_case: ['inspector', 'leader'],
  read_cases: ['inspector', 'planner', 'leader'],
  manage_cases: ['leader'],
  answer_dispatch: ['unit'],
  put_right: ['merchant'],
  manage_case_kinds: ['planner', 'leader', 'admin'],
  manage_calendar: ['leader', 'admin'],
  log_patrol: ['inspector', 'leader'],
  read_patrols: ['inspector', 'planner', 'leader'],
  plan_patrols: ['leader'],
  read_frontages: ['inspector', 'planner', 'leader'],
  check_frontages: ['inspector', 'leader'],
  manage_stalls: ['planner', 'leader'],
  read_stalls: ['inspector', 'planner', 'leader'],
  request_stall: ['merchant'],
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

/** Whose accounts a leader makes; those who plan, lead and administer are appointed by the admin. */
const GIVEN_BY_LEADER: readonly Role[] = ['inspector', 'unit', 'merchant', 'resident']
const ALL_ROLES: readonly Role[] = [...GIVEN_BY_LEADER, 'planner', 'leader', 'admin']

/** The roles that somebody may give in a community, and whose accounts are theirs to change. */
export function rolesToGive(person: Person | null, communityId: string): readonly Role[] {
  if (!mayDo(person, communityId, 'manage_accounts')) return []
  const isAdmin =
    person?.city_role === 'admin' ||
    person?.memberships.some((m) => m.community_id === communityId && m.role === 'admin')
  return isAdmin ? ALL_ROLES : GIVEN_BY_LEADER
}

/** The grids within which somebody has a right (one of `mayDo`); null where in the whole community. */
export function gridsInReach(
  person: Person | null,
  communityId: string,
  action: Action,
): string[] | null {
  const allowed: readonly Role[] = RIGHTS[action]
  const grids = (person?.memberships ?? [])
    .filter((membership) => membership.community_id === communityId)
    .filter((membership) => allowed.includes(membership.role))
    .map((membership) => membership.grid_ids)
  return grids.every((ids) => ids.length > 0) ? grids.flat() : null
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
