import type { CaseKind, CaseKindChange } from '../../../api/features/case-kinds/contract.ts'

/** A kind while somebody changes it. Pure: what differs, what was changed by others meanwhile, hours and minutes. */

/** Steps with a clock, in their order. */
export const LIMITS = ['file', 'dispatch', 'arrive', 'handle', 'verify'] as const
export const PHOTO_COUNTS = ['photos', 'photos_before', 'photos_after'] as const
export const REQUIRED_FIELDS = ['description', 'subject', 'severity'] as const

/** Everything that can be changed. */
export type KindValues = Omit<CaseKind, 'id' | 'version'>

/** A kind of which nothing is said yet: anybody may report and follow it, with no clock. */
export const newKind = (parent_id: string | null): KindValues => ({
  code: '',
  parent_id,
  class: 'event',
  name_zh: '',
  name_en: '',
  flow: 'standard',
  subject: 'none',
  is_hazard: false,
  is_public: true,
  is_open_to_public: true,
  is_active: true,
  duplicate_radius_m: 30,
  duplicate_days: 7,
  default_unit_id: null,
  limits: {},
  outcomes: ['persuaded', 'tip_card', 'needs_dispatch'],
  required: {},
  notice_days: null,
})

export function valuesOf({ id: _id, version: _version, ...values }: CaseKind): KindValues {
  return values
}

/** The members of `draft` that differ from `base`; null where none does. */
export function changesOf(base: KindValues, draft: KindValues): CaseKindChange | null {
  const changes = Object.entries(draft).filter(
    ([member, value]) => canonical(value) !== canonical(base[member as keyof KindValues]),
  )
  return changes.length === 0 ? null : Object.fromEntries(changes)
}

/** What somebody changed from `base`, upon what the kind has become meanwhile. */
export const rebased = (base: KindValues, draft: KindValues, fresh: KindValues): KindValues => ({
  ...fresh,
  ...changesOf(base, draft),
})

/** Members that both sides changed, and differently: where one of two decisions would be lost. */
export function clashesOf(
  base: KindValues,
  draft: KindValues,
  fresh: KindValues,
): (keyof KindValues)[] {
  const mine = changesOf(base, draft) ?? {}
  const theirs = changesOf(base, fresh) ?? {}
  return (Object.keys(mine) as (keyof KindValues)[]).filter(
    (member) => member in theirs && canonical(draft[member]) !== canonical(fresh[member]),
  )
}

/** Working hours of a limit in minutes, as they stand in a field: 90 is "1.5"; none is "". */
export const hoursText = (minutes: number | undefined): string =>
  minutes === undefined ? '' : String(Math.round((minutes / 60) * 100) / 100)

/** Minutes of a field of working hours; undefined for an empty one, and for what is no time. */
export function minutesOf(hours: string): number | undefined {
  const minutes = Math.round(Number(hours.trim()) * 60)
  return hours.trim() !== '' && minutes >= 1 ? minutes : undefined
}

/** A kind with how deep it stands under its headings. */
export interface Leaf {
  kind: CaseKind
  depth: number
}

/** The tree as a list, each heading before what stands under it, in the order of codes; loops and orphans stand on top. */
export function treeOf(kinds: readonly CaseKind[]): Leaf[] {
  const leaves: Leaf[] = []
  const seen = new Set<string>()
  const known = new Set(kinds.map(({ id }) => id))
  const add = (kind: CaseKind, depth: number) => {
    if (seen.has(kind.id)) return
    seen.add(kind.id)
    leaves.push({ kind, depth })
    for (const child of kinds) if (child.parent_id === kind.id) add(child, depth + 1)
  }
  for (const kind of kinds) if (kind.parent_id === null || !known.has(kind.parent_id)) add(kind, 0)
  for (const kind of kinds) add(kind, 0)
  return leaves
}

/** The ids of a kind and of all under it: none of them can be its heading. */
export function branchOf(kinds: readonly CaseKind[], id: string): Set<string> {
  const branch = new Set([id])
  for (let isGrowing = true; isGrowing;) {
    const before = branch.size
    for (const kind of kinds)
      if (kind.parent_id !== null && branch.has(kind.parent_id)) branch.add(kind.id)
    isGrowing = branch.size > before
  }
  return branch
}

/** Members without order and without empty ones, so that the same is the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, member]) => member !== undefined)
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  )
}
