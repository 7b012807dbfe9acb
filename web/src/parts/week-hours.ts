import {
  MINUTES_PER_DAY,
  weekIntervals,
  type WeeklyWindow,
} from '../../../api/domain/schedule/windows.ts'

/** How much of each hour of an ordinary week windows cover: 7 days from Monday × 24 hours, each from 0 to 1. */
export function weekHours(windows: readonly WeeklyWindow[] | null): number[][] {
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  for (const [start, end] of weekIntervals(windows))
    for (let minute = start; minute < end;) {
      const hourEnd = Math.min(end, (Math.floor(minute / 60) + 1) * 60)
      const day = week[Math.floor(minute / MINUTES_PER_DAY)]!
      day[Math.floor(minute / 60) % 24]! += (hourEnd - minute) / 60
      minute = hourEnd
    }
  return week
}

/** Runs of hours in one row, for drawing few bars instead of 168 cells; `share` is that of the run's hours. */
export function hourRuns(day: readonly number[]): { from: number; to: number; share: number }[] {
  const runs: { from: number; to: number; share: number }[] = []
  day.forEach((share, hour) => {
    if (share <= 0) return
    const last = runs.at(-1)
    if (last && last.to === hour && last.share === share) last.to = hour + 1
    else runs.push({ from: hour, to: hour + 1, share })
  })
  return runs
}
