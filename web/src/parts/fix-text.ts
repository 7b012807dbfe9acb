import type { Finding, Fix } from '../../../api/domain/rules/finding.ts'
import { formatMeasure, formatNumber } from '../lib/text/format.ts'
import { t } from '../lib/text/text.svelte.ts'
import { windowsText } from './finding-text.ts'

/** What a fix does, in a few words: "Move 2.1 m east along the kerb". */
export function fixText(fix: Fix): string {
  switch (fix.kind) {
    case 'move':
      return (
        t('rules.fix.move', {
          direction: t(`rules.direction.${fix.direction}`),
          distance: formatMeasure(fix.distance_m, 'm', 1),
        }) + (fix.is_along_kerb ? t('rules.fix.along') : '')
      )
    case 'shrink':
      return (
        t(`rules.fix.${fix.side}`, { to: formatMeasure(fix.to_m, 'm', 1) }) +
        (fix.places === null ? '' : t('rules.fix.places', { count: fix.places }))
      )
    case 'reschedule':
      return hoursWords(fix)
  }
}

/** What it costs where that is not plain from the words; null where it is. */
export const fixCost = (fix: Fix): string | null =>
  fix.kind === 'reschedule'
    ? t('rules.fix.lost', { hours: formatNumber(fix.minutes_lost_per_week / 60, 1) })
    : null

/** All that would mend a finding, the nearest first. */
export const fixesOf = (finding: Finding): Fix[] =>
  finding.fix ? [finding.fix, ...(finding.other_fixes ?? [])] : []

function hoursWords(fix: Extract<Fix, { kind: 'reschedule' }>): string {
  if (fix.changes.some(({ from }) => from.from === '00:00' && from.to === '24:00'))
    return t('rules.fix.hours', { windows: windowsText(fix.windows) })
  return fix.changes
    .map(({ days, from, to }) => {
      if (!to)
        // A whole day by itself reads as the days alone.
        return t('rules.fix.closed', {
          days: windowsText([{ days, from: from.from, to: from.to }]),
        })
      const windows = windowsText([{ days, ...to }])
      return to.from === from.from
        ? t('rules.fix.end', { to: to.to, windows })
        : t('rules.fix.start', { from: to.from, windows })
    })
    .join(t('rules.joined'))
}
