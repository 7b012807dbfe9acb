import type { CaseRow } from '../../../api/features/cases/contract.ts'
import { t } from '../lib/text/text.svelte.ts'

const HOUR = 60
const DAY = 24 * HOUR

/** Minutes as people say them: minutes below 90, hours below two days, then days. */
function spanText(minutes: number): string {
  if (minutes < 90) return t('cases.minutes', { n: Math.max(1, Math.round(minutes)) })
  if (minutes < 2 * DAY) return t('cases.hours', { n: Math.round(minutes / HOUR) })
  return t('cases.days', { n: Math.round(minutes / DAY) })
}

/** How much time is left, or since when it is over; null where no clock runs. `now` in epoch milliseconds. */
export function dueText(
  row: Pick<CaseRow, 'due_at' | 'status'>,
  now: number,
): { text: string; is_over: boolean } | null {
  if (!row.due_at || row.status !== 'open') return null
  const minutes = (Date.parse(row.due_at) - now) / 60_000
  return minutes >= 0
    ? { text: t('cases.due_left', { time: spanText(minutes) }), is_over: false }
    : { text: t('cases.due_over', { time: spanText(-minutes) }), is_over: true }
}
