import type { AccountView } from '../../../api/features/accounts/contract.ts'
import type { Page } from './route.svelte.ts'

type Role = AccountView['memberships'][number]['role']

const VISITORS: readonly Page[] = ['map', 'occupancy', 'report', 'conflicts', 'plan', 'rules']

/** What each role works with, most used first. */
const PAGES_OF: Readonly<Record<Role, readonly Page[]>> = {
  resident: VISITORS,
  merchant: ['merchant', 'map', 'report', 'occupancy', 'conflicts', 'plan'],
  inspector: ['inspect', 'map', 'occupancy', 'report', 'cases', 'conflicts', 'patrols'],
  unit: ['inbox', 'map', 'occupancy', 'report'],
  planner: [
    'map',
    'occupancy',
    'conflicts',
    'plan',
    'plans',
    'demand',
    'rules',
    'cases',
    'patrols',
    'bulletin',
    'zones',
    'case-kinds',
  ],
  leader: [
    'cases',
    'map',
    'patrols',
    'occupancy',
    'conflicts',
    'plan',
    'plans',
    'demand',
    'rules',
    'bulletin',
    'zones',
    'case-kinds',
    'inspect',
    'report',
  ],
  admin: ['case-kinds', ...VISITORS],
}

/** Whose day starts on a page of their own, and who counts as what when roles add up. */
const HOMES: readonly (readonly [Role, Page])[] = [
  ['leader', 'cases'],
  ['inspector', 'inspect'],
  ['unit', 'inbox'],
  ['merchant', 'merchant'],
]

function rolesIn(account: AccountView | null, communityId: string | undefined): Role[] {
  return (account?.memberships ?? [])
    .filter((membership) => membership.community_id === communityId)
    .map(({ role }) => role)
}

/** The pages of a person in a community, most used first; those of a visitor for somebody unknown. */
export function pagesFor(account: AccountView | null, communityId: string | undefined): Page[] {
  const roles = rolesIn(account, communityId)
  const home = homeOf(account, communityId)
  const pages = new Set<Page>(home ? [home] : [])
  for (const role of roles) for (const page of PAGES_OF[role]) pages.add(page)
  return pages.size > 0 ? [...pages] : [...VISITORS]
}

/** Where a person lands after signing in; null for whoever has no page of their own. */
export function homeOf(account: AccountView | null, communityId: string | undefined): Page | null {
  const roles = rolesIn(account, communityId)
  return HOMES.find(([role]) => roles.includes(role))?.[1] ?? null
}
