import type { StepLimits } from '../../db/loop-tables.ts'
import { addWorkingMinutes, type WorkingCalendar } from '../../domain/schedule/working-calendar.ts'
import type { Beat, Story } from './stories.ts'
import { workingMinutesBack } from './working-back.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

export interface Timing {
  calendar: WorkingCalendar
  /** The moment that the month leads up to, epoch milliseconds. */
  now: number
  limits: StepLimits
  notice_days: number | null
}

/**
 * When each move of a story happened, epoch milliseconds. A story that waits for somebody is laid backwards from now; one
 * that is over begins at `found_at`, or as many whole days earlier as it takes to be over by now.
 */
export function timesOf(story: Story, found_at: number, timing: Timing): number[] {
  if (story.now) return backwards(story, story.now, timing)
  for (let start = found_at; ; start -= DAY_MS) {
    const times = onwards(story.beats, start, timing.calendar)
    if (times.at(-1)! < timing.now - MINUTE_MS) return times
  }
}

function onwards(beats: readonly Beat[], start: number, calendar: WorkingCalendar): number[] {
  let at = start
  return beats.map(({ gap }) => {
    at = 'work' in gap ? addWorkingMinutes(calendar, at, gap.work) : at + gap.clock * MINUTE_MS
    return at
  })
}

function backwards(
  { beats }: Story,
  { beat, used }: NonNullable<Story['now']>,
  timing: Timing,
): number[] {
  const { calendar, now } = timing
  const begun = beats[beat]!
  let at =
    begun.action === 'post_notice'
      ? workingMinutesBack(calendar, now - used * timing.notice_days! * DAY_MS, 5)
      : workingMinutesBack(calendar, now, used * clockOf(beats, beat, timing.limits))
  const after = onwards(
    beats.slice(beat).map((one, i) => (i === 0 ? { ...one, gap: { clock: 0 } } : one)),
    at,
    calendar,
  )
  const before: number[] = []
  for (let i = beat; i > 0; i--) {
    const { gap } = beats[i]!
    at =
      'work' in gap
        ? workingMinutesBack(calendar, at, Math.max(gap.work, 1))
        : at - gap.clock * MINUTE_MS
    before.unshift(at)
  }
  return [...before, ...after]
}

/** Working minutes of the clock that a move starts; where a kind has none a working day. */
function clockOf(beats: readonly Beat[], beat: number, limits: StepLimits): number {
  const isArrived = beats.slice(beat).some(({ action }) => action === 'arrive')
  const minutes = {
    report: limits.file,
    file: limits.dispatch,
    dispatch: isArrived ? limits.handle : (limits.arrive ?? limits.handle),
    report_result: limits.verify,
  }[beats[beat]!.action as 'report']
  return minutes ?? 420
}
