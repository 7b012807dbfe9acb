import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'

export const GROUPS = ['recent', 'violation', 'hazard', 'component'] as const
export type Group = (typeof GROUPS)[number]

/** The tiles of one row of the phone. */
const MOST_RECENT = 4

/**
 * Kinds as an inspector looks for them: the ones used last, then events, hazards and components. A kind that others
 * stand under is a heading, not something to log. Empty groups are left out.
 */
export function groupKinds(
  kinds: readonly CaseKind[],
  recent: readonly string[],
): { group: Group; kinds: CaseKind[] }[] {
  const parents = new Set(kinds.map(({ parent_id }) => parent_id))
  const usable = kinds.filter(({ id, is_active }) => is_active && !parents.has(id))
  const groupOf = (kind: CaseKind): Group =>
    kind.is_hazard ? 'hazard' : kind.class === 'component' ? 'component' : 'violation'
  const used = recent
    .map((id) => usable.find((kind) => kind.id === id))
    .filter((kind) => kind !== undefined)
    .slice(0, MOST_RECENT)
  const groups = GROUPS.map((group) => ({
    group,
    kinds: group === 'recent' ? used : usable.filter((kind) => groupOf(kind) === group),
  }))
  return groups.filter(({ kinds }) => kinds.length > 0)
}

/** The list of kinds used last, with one more use. */
export function withUse(recent: readonly string[], id: string): string[] {
  return [id, ...recent.filter((other) => other !== id)].slice(0, 2 * MOST_RECENT)
}
