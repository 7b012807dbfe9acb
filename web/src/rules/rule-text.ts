import type { Rule, RuleLevel } from '../../../api/domain/rules/rule-pack.ts'
import { formatMeasure, formatNumber, formatPercent } from '../lib/text/format.ts'
import { hasMessage, locale, t } from '../lib/text/text.svelte.ts'

/** How rules read in words, in the page's language. */

export const ruleTitle = (rule: Pick<Rule, 'title_zh' | 'title_en'>): string =>
  locale() === 'en' ? rule.title_en : rule.title_zh

/** A value in a rule's unit: 2.5 m, 4 %, 10. */
export function valueText(value: number, unit: Rule['unit']): string {
  switch (unit) {
    case 'm':
      return formatMeasure(value, 'm', Number.isInteger(Math.round(value * 100) / 10) ? 1 : 2)
    case 'm2':
      return formatMeasure(value, 'm²', 1)
    case 'percent':
      return formatPercent(value, 1)
    default:
      return formatNumber(value, 2)
  }
}

/** What a rule's change does, in a few words: only what is not nothing. */
export function effectText(effect: {
  checked: number
  fails: number
  passes: number
  warned: number
  cleared: number
}): string {
  const parts = (['fails', 'passes', 'warned', 'cleared'] as const)
    .filter((what) => effect[what] > 0)
    .map((what) => t(`packs.effect.count.${what}`, { count: effect[what] }))
  return t('packs.effect.rule', {
    checked: effect.checked,
    parts: parts.join(t('common.comma')),
  })
}

export const unitText = (unit: Rule['unit']): string =>
  unit === 'm2' ? 'm²' : unit === 'percent' ? '%' : unit === 'm' ? 'm' : ''

/** Levels in one line: "hard 2.5 m, warning 3.5 m". */
export function levelsText(levels: readonly RuleLevel[], unit: Rule['unit']): string {
  if (levels.length === 0) return '—'
  return levels
    .map(({ severity, required, most, by_class: byClass }) => {
      const range = most === undefined ? '' : `–${valueText(most, unit)}`
      const classes = Object.entries(byClass ?? {}).map(
        ([name, value]) => `${className(name)} ${valueText(value, unit)}`,
      )
      return [
        `${t(`packs.severity.${severity}`)} ${valueText(required, unit)}${range}`,
        ...classes,
      ].join(t('common.comma'))
    })
    .join(t('common.comma'))
}

export function className(name: string): string {
  const key = `value.class.${name}`
  return hasMessage(key) ? t(key) : name
}

export function kindName(kind: string): string {
  const key = `value.kind.${kind}`
  return hasMessage(key) ? t(key) : kind
}

/** Kinds where the value is the most that is allowed. */
const MOST = new Set<Rule['kind']>(['slope', 'no_overlap', 'inside_community'])

/** Rules that only say yes or no, or are only quoted: there is no value to turn. */
const FIXED = new Set<Rule['kind']>(['no_overlap', 'inside_community', 'set_hours', 'stated'])
export const hasValue = (rule: Rule): boolean => !FIXED.has(rule.kind)
export const isMost = (rule: Rule): boolean => MOST.has(rule.kind)
