import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'

/** Kinds under one heading: those used last, a heading of the community's own, or what stands under none. */
export interface KindGroup {
  heading: 'recent' | 'other' | CaseKind
  kinds: CaseKind[]
}

/** The tiles of one row of the phone. */
const MOST_RECENT = 3

/**
 * Kinds as an inspector looks for them: the ones used last, then heading by heading in the community's own order. A kind
 * that others stand under is a heading, not something to log. Empty groups are left out.
 */
export function groupKinds(kinds: readonly CaseKind[], recent: readonly string[]): KindGroup[] {
  const parents = new Set(kinds.map(({ parent_id }) => parent_id))
  const usable = kinds.filter(({ id, is_active }) => is_active && !parents.has(id))
  const used = recent
    .map((id) => usable.find((kind) => kind.id === id))
    .filter((kind) => kind !== undefined)
    .slice(0, MOST_RECENT)
  const headings = kinds.filter(({ id }) => parents.has(id))
  const groups: KindGroup[] = [
    { heading: 'recent', kinds: used },
    ...headings.map((heading) => ({
      heading,
      kinds: usable.filter(({ parent_id }) => parent_id === heading.id),
    })),
    { heading: 'other', kinds: usable.filter(({ parent_id }) => parent_id === null) },
  ]
  return groups.filter(({ kinds }) => kinds.length > 0)
}

/** The list of kinds used last, with one more use. */
export function withUse(recent: readonly string[], id: string): string[] {
  return [id, ...recent.filter((other) => other !== id)].slice(0, 2 * MOST_RECENT)
}
