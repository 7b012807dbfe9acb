/** Whether a kind is another one or stands under it; `above` gives each kind's heading by its id. */
export function isUnder(
  above: ReadonlyMap<string, string | null>,
  id: string | null,
  heading: string,
): boolean {
  // A loop that is there already must not be walked for ever.
  const seen = new Set<string>()
  for (let at = id; at !== null && !seen.has(at); at = above.get(at) ?? null) {
    if (at === heading) return true
    seen.add(at)
  }
  return false
}
