/** One measured figure. `peer` is the peer's value in the same unit; `ratio` says how many times better we are. */
export interface Figure {
  name: string
  value: number
  unit: string
  peer: number | null
  ratio: number | null
  goal: string | null
  met: boolean | null
}

/** Which way a unit is better. */
export type Better = 'more' | 'less'

/** A goal as a limit: for the ratio to the peer where there is one, for the value otherwise. */
export interface Goal {
  at: 'least' | 'most'
  limit: number
}

export const atLeast = (limit: number): Goal => ({ at: 'least', limit })
export const atMost = (limit: number): Goal => ({ at: 'most', limit })

/** A figure without a peer; its goal is about the value. */
export function figure(name: string, value: number, unit: string, goal?: Goal): Figure {
  return {
    name,
    value,
    unit,
    peer: null,
    ratio: null,
    goal: goal ? text(goal, unit) : null,
    met: goal ? isMet(goal, value) : null,
  }
}

/** A figure beside its peer's; without a peer (it was not found) there is no ratio, and the goal stays open. */
export function compared(
  name: string,
  value: number,
  unit: string,
  better: Better,
  peer: number | null,
  goal?: Goal,
): Figure {
  const ratio = peer === null ? null : better === 'more' ? value / peer : peer / value
  return {
    name,
    value,
    unit,
    peer,
    ratio,
    goal: goal ? text(goal, '×') : null,
    met: goal && ratio !== null ? isMet(goal, ratio) : null,
  }
}

const isMet = ({ at, limit }: Goal, value: number): boolean =>
  at === 'least' ? value >= limit : value <= limit
const text = ({ at, limit }: Goal, unit: string): string =>
  `${at === 'least' ? '≥' : '≤'} ${limit} ${unit}`

/** The figures of one program as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [
    ['', 'measured', 'peer', 'ratio', 'goal', ''],
    ...figures.map((f) => [
      f.name,
      `${short(f.value)} ${f.unit}`,
      f.peer === null ? '–' : `${short(f.peer)} ${f.unit}`,
      f.ratio === null ? '–' : `${short(f.ratio)}×`,
      f.goal ?? '–',
      f.met === null ? '' : f.met ? 'met' : 'MISSED',
    ]),
  ]
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  return rows
    .map((row) =>
      row
        .map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
        .join('  '),
    )
    .join('\n')
}

function short(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/** The middle value; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** The value that `share` (0…1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
