import type { Period } from './period.ts'

/**
 * How a side is coloured. One hue from dark to light and one warning beside it: told apart by the colour-blind and in
 * grey; what was not walked is dashed besides. Pure.
 */

export const AGE_CLASSES = ['day', 'week', 'month', 'older', 'never'] as const
export type AgeClass = (typeof AGE_CLASSES)[number]

export const NEVER_COLOUR = '#b5304a'
export const AGE_COLOURS: Readonly<Record<AgeClass, string>> = {
  day: '#0b4a6f',
  week: '#2f86b5',
  month: '#86bfd6',
  older: '#d98a1f',
  never: NEVER_COLOUR,
}

const DAY_MS = 86_400_000

/** By how long before `asOf` a side was last walked (epoch milliseconds; null for never). */
export function ageClassOf(last: number | null, asOf: number): AgeClass {
  if (last === null) return 'never'
  const days = (asOf - last) / DAY_MS
  if (days < 1) return 'day'
  if (days < 7) return 'week'
  return days < 31 ? 'month' : 'older'
}

/** The fewest passes of each class above "none"; what is many in a day is few in a month. */
const BREAKS: Readonly<Record<Period, readonly [number, number, number, number]>> = {
  today: [1, 2, 3, 4],
  week: [1, 4, 8, 15],
  month: [1, 8, 16, 31],
  last_month: [1, 8, 16, 31],
}
const PASS_COLOURS = ['#86bfd6', '#4a9cc4', '#20719f', '#0b4a6f'] as const

export interface PassClass {
  from: number
  /** Counted too; null for no end. */
  to: number | null
  colour: string
}

/** The classes of passes in a period: none, then from few to many. */
export function passClasses(period: Period): PassClass[] {
  const breaks = BREAKS[period]
  return [
    { from: 0, to: 0, colour: NEVER_COLOUR },
    ...breaks.map((from, i) => ({
      from,
      to: i + 1 < breaks.length ? breaks[i + 1]! - 1 : null,
      colour: PASS_COLOURS[i]!,
    })),
  ]
}

/** The colour of so many passes in a period. */
export const passColour = (passes: number, period: Period): string =>
  passClasses(period).findLast(({ from }) => passes >= from)!.colour
