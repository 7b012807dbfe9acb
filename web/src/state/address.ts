/** Pure parts of the address bar: queries and how they are written. */

export type QueryChanges = Readonly<Record<string, string | null>>

/** A copy of a query with members set or (null) removed. */
export function changedQuery(query: URLSearchParams, changes: QueryChanges): URLSearchParams {
  const changed = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes))
    if (value === null) changed.delete(name)
    else changed.set(name, value)
  return changed
}

/** A copy that keeps only some members. */
export function keptQuery(query: URLSearchParams, names: readonly string[]): URLSearchParams {
  return new URLSearchParams([...query].filter(([name]) => names.includes(name)))
}

/** Path and query; people read `collection/id` and `zoom/lat/lon` in it, not their percent codes. */
export function addressText(path: string, query: URLSearchParams): string {
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%2C', ',')
  return text === '' ? path : `${path}?${text}`
}
