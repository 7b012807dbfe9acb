/** A stretch of a line in metres from its start, `from` < `to`. Lists of spans are sorted and apart from each other. */
export type Span = readonly [from_m: number, to_m: number]

/** The stations that any of the spans covers. */
export function unite(spans: readonly Span[]): Span[] {
  const united: [number, number][] = []
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    if (!(to > from)) continue
    const last = united.at(-1)
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else united.push([from, to])
  }
  return united
}

/** What is left of a span without those of a sorted list. */
export function without([from, to]: Span, taken: readonly Span[]): Span[] {
  const left: Span[] = []
  let at = from
  for (const [a, b] of taken) {
    if (b <= at || a >= to) continue
    if (a > at) left.push([at, a])
    at = Math.max(at, b)
  }
  if (at < to) left.push([at, to])
  return left
}

/** The stations that both sorted lists cover. */
export function shared(a: readonly Span[], b: readonly Span[]): Span[] {
  const both: Span[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const from = Math.max(a[i]![0], b[j]![0])
    const to = Math.min(a[i]![1], b[j]![1])
    if (from < to) both.push([from, to])
    if (a[i]![1] < b[j]![1]) i++
    else j++
  }
  return both
}

/** Metres that a list covers. */
export const metresOf = (spans: readonly Span[]): number =>
  spans.reduce((sum, [from, to]) => sum + to - from, 0)
