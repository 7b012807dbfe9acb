import type { RulerSpan, SideRuler, Verdict } from '../../../api/domain/layout/ruler.ts'
import type { RulePack } from '../../../api/domain/rules/rule-pack.ts'
import { formatMeasure, formatNumber } from '../lib/text/format.ts'
import { locale, t } from '../lib/text/text.svelte.ts'
import { findingFigures, findingTitle, partyName } from '../parts/finding-text.ts'

/** How a kerb ruler reads in words. */

/** The order in which verdicts are told, and their colours; they differ in light as well as in hue. */
export const VERDICTS: readonly Verdict[] = ['free', 'warning', 'used', 'refused']
export const VERDICT_COLOURS: Readonly<Record<Verdict, string>> = {
  free: '#2f9e62',
  warning: '#f0b44c',
  used: '#6d7a86',
  refused: '#b5304a',
}

/** "12.4–17.4 m". */
export const fromTo = ({ from_m, to_m }: Pick<RulerSpan, 'from_m' | 'to_m'>): string =>
  t('layout.from_to', { from: formatNumber(from_m, 1), to: formatNumber(to_m, 1) })

/** What speaks against a stretch, in a line: "Too near a hydrant, Hydrant 3, 0.4 m of at least 5.0 m". */
export function reasonText(span: RulerSpan): string {
  if (span.message_key === null) return ''
  const figures = findingFigures({ ...span, message_key: span.message_key })
  return [
    findingTitle({ message_key: span.message_key }),
    span.other && partyName(span.other),
    figures.measured && `${figures.label} ${figures.measured}`,
    figures.required && `${t('rules.required')} ${figures.required}`,
  ]
    .filter((word) => word)
    .join(' · ')
}

/** The rule's own title, where the pack in force has it. */
export function ruleTitle(pack: RulePack | null, id: string | null): string | null {
  const rule = pack?.rules.find((one) => one.id === id)
  return rule ? (locale() === 'en' ? rule.title_en : rule.title_zh) : null
}

/** All of a ruler in one sentence, for who cannot see its colours. */
export function rulerText(name: string, { spans }: SideRuler): string {
  const metres = (verdict: Verdict) =>
    formatMeasure(
      spans.filter((s) => s.verdict === verdict).reduce((sum, s) => sum + s.to_m - s.from_m, 0),
      'm',
      0,
    )
  return t('layout.ruler_text', {
    name,
    free: metres('free'),
    warning: metres('warning'),
    used: metres('used'),
    refused: metres('refused'),
  })
}
