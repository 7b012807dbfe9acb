/** One edit of a plan as its order needs it; `after_id` is the edit of the same feature that it was made upon. */
export interface ChainedEdit {
  id: string
  serial: number
  action: 'create' | 'replace' | 'retire'
  feature_id: string
  base_version: number | null
  after_id: string | null
  is_undone: boolean
}

/** What a plan does to one feature in the end: the last edit's content, on the version that the first one saw. */
export interface NetEdit<E extends ChainedEdit> {
  action: 'create' | 'replace' | 'retire'
  base_version: number | null
  last: E
}

/** The latest edit of a feature that was not taken back; undefined where there is none. */
export function latestEdit<E extends ChainedEdit>(
  edits: readonly E[],
  featureId: string,
): E | undefined {
  return edits
    .filter((edit) => edit.feature_id === featureId && !edit.is_undone)
    .reduce<E | undefined>(
      (last, edit) => (last && last.serial > edit.serial ? last : edit),
      undefined,
    )
}

/**
 * What the plan does to each feature in the end, in the order in which features were first touched. A feature that the
 * plan itself made and took away again is left out.
 */
export function netEdits<E extends ChainedEdit>(edits: readonly E[]): NetEdit<E>[] {
  const chains = new Map<string, { first: E; last: E }>()
  for (const edit of [...edits].sort((a, b) => a.serial - b.serial)) {
    if (edit.is_undone) continue
    const chain = chains.get(edit.feature_id)
    if (chain) chain.last = edit
    else chains.set(edit.feature_id, { first: edit, last: edit })
  }
  return [...chains.values()].flatMap(({ first, last }) => {
    if (first.action === 'create' && last.action === 'retire') return []
    return [
      {
        action: first.action === 'create' ? 'create' : last.action,
        base_version: first.base_version,
        last,
      },
    ]
  })
}

/** The edits that stand upon one of `ids` and would hang in the air if those alone were taken back. */
export function editsUpon<E extends ChainedEdit>(
  edits: readonly E[],
  ids: ReadonlySet<string>,
): E[] {
  return edits.filter(
    (edit) =>
      !edit.is_undone && !ids.has(edit.id) && edit.after_id !== null && ids.has(edit.after_id),
  )
}

/**
 * The edits of `ids` that cannot be brought again: what they were made upon is not in force, or another edit stands in
 * their place by now.
 */
export function editsBarred<E extends ChainedEdit>(
  edits: readonly E[],
  ids: ReadonlySet<string>,
): E[] {
  const inForce = new Set(
    edits.filter((edit) => !edit.is_undone || ids.has(edit.id)).map((edit) => edit.id),
  )
  return edits.filter((edit) => {
    if (!ids.has(edit.id)) return false
    if (edit.after_id !== null && !inForce.has(edit.after_id)) return true
    return edits.some(
      (other) =>
        other.id !== edit.id &&
        inForce.has(other.id) &&
        other.feature_id === edit.feature_id &&
        other.after_id === edit.after_id,
    )
  })
}
