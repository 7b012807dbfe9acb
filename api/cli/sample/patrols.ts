import { Temporal } from 'temporal-polyfill'
import { idOf, randomStream } from '../../../geodata/tongjian/frame.ts'

/** A month of patrols in every grid, with the sides that were walked, also where nothing was found. */

export interface Street {
  segment_id: string
  grid_id: string | null
  class: string | null
  length_m: number
}

export interface Patrol {
  id: string
  grid_id: string
  frequency: 'daily' | 'weekly' | 'monthly'
  account_id: string | null
  started_at: number
  /** Null for one that is still under way. */
  ended_at: number | null
  /** When it is over, or will be. */
  until: number
  /** How many of its sides it reaches, 0 to 1. */
  reach: number
}

export interface Pass {
  id: string
  patrol_id: string
  segment_id: string
  side: 'left' | 'right'
  grid_id: string
  account_id: string | null
  at: number
  result: 'clear' | 'issue'
  share: number
}

export interface Finding {
  segment_id: string | null
  side: 'left' | 'right' | null
  patrol_id: string
  found_at: number
}

const MINUTE_MS = 60_000
/** As many days as the ledger has. */
export const DAYS = 28
/** The rounds of a day: when they begin, how long they take, on which weekdays, how many of the sides they reach. */
const ROUNDS = [
  { hour: 8, minutes: 235, days: [1, 2, 3, 4, 5, 6, 7], reach: 0.9 },
  { hour: 14, minutes: 225, days: [1, 2, 3, 4, 5, 6, 7], reach: 0.75 },
  { hour: 19, minutes: 140, days: [1, 3, 5, 6], reach: 0.6 },
] as const
/** Blind alleys are left out more often than streets. */
const ALLEY_REACH = 0.45
/** Two grids have fewer hands than the others, which the coverage shows. */
const SHORT_HANDED = new Set([2, 5])
const SHORT_HANDED_REACH = 0.65

/**
 * The rounds of the last four weeks up to `now`, oldest first. `grid_ids` in the order of their numbers; the demo
 * inspector walks the mornings of the first two by turns.
 */
export function monthOfPatrols(
  grid_ids: readonly string[],
  timeZone: string,
  now: number,
  inspectorId: string,
): Patrol[] {
  const random = randomStream(28)
  const today = Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
  const patrols: Patrol[] = []
  for (let ago = DAYS - 1; ago >= 0; ago--) {
    const date = today.subtract({ days: ago })
    for (const [round, { hour, minutes, days, reach }] of ROUNDS.entries())
      for (const [grid, grid_id] of grid_ids.entries()) {
        const delay = Math.floor(random() * 20)
        const length = minutes - Math.floor(random() * 25)
        if (!(days as readonly number[]).includes(date.dayOfWeek)) continue
        const started_at = date.toZonedDateTime({
          timeZone,
          plainTime: Temporal.PlainTime.from({ hour, minute: delay }),
        }).epochMilliseconds
        if (started_at >= now - 5 * MINUTE_MS) continue
        const until = started_at + length * MINUTE_MS
        const isInspectors = round === 0 && grid === ago % 2 && until < now
        patrols.push({
          id: idOf(`patrol ${DAYS - ago} ${round} ${grid}`),
          grid_id,
          frequency:
            round === 0 && date.day <= 7 && date.dayOfWeek === 1
              ? 'monthly'
              : round === 0 && date.dayOfWeek === 3
                ? 'weekly'
                : 'daily',
          account_id: isInspectors ? inspectorId : null,
          started_at,
          ended_at: until < now ? until : null,
          until,
          reach: reach * (SHORT_HANDED.has(grid) ? SHORT_HANDED_REACH : 1),
        })
      }
  }
  return patrols
}

/** The patrol that was in a grid at a moment, if any. */
export const patrolAt = (
  patrols: readonly Patrol[],
  gridId: string | null,
  at: number,
): Patrol | undefined =>
  patrols.find((one) => one.grid_id === gridId && at >= one.started_at && at <= one.until)

/** The sides that each patrol walked by `now`, one after the other; where it found something the pass says so. */
export function passesOf(
  patrols: readonly Patrol[],
  streets: readonly Street[],
  findings: readonly Finding[],
  now: number,
): Pass[] {
  const random = randomStream(336)
  return patrols.flatMap((patrol) => {
    const sides = streets
      .filter((street) => street.grid_id === patrol.grid_id)
      .flatMap((street) => (['left', 'right'] as const).map((side) => ({ street, side })))
    const own = findings.filter((finding) => finding.patrol_id === patrol.id)
    return sides.flatMap(({ street, side }, i): Pass[] => {
      const chance = random()
      const share = 0.75 + 0.25 * random()
      const found = own.find((one) => one.segment_id === street.segment_id && one.side === side)
      const reach = patrol.reach * (street.class === 'alley' ? ALLEY_REACH : 1)
      if (!found && chance >= reach) return []
      const planned =
        patrol.started_at + ((i + 0.7) / sides.length) * (patrol.until - patrol.started_at)
      const at = found ? found.found_at : Math.round(planned / MINUTE_MS) * MINUTE_MS
      if (at > now) return []
      return [
        {
          id: idOf(`pass ${patrol.id} ${street.segment_id} ${side}`),
          patrol_id: patrol.id,
          segment_id: street.segment_id,
          side,
          grid_id: patrol.grid_id,
          account_id: patrol.account_id,
          at,
          result: found ? 'issue' : 'clear',
          share: Math.round(share * 100) / 100,
        },
      ]
    })
  })
}
