import type { Finding } from '../../../api/features/checks/contract.ts'
import { weekHours } from '../parts/week-hours.ts'

/** One use of the street with everything that is wrong with it, hard findings first. */
export interface FindingGroup {
  subject: Finding['subject']
  findings: Finding[]
  hard: number
  warnings: number
}

/** What a reader has narrowed the findings to; null is everything. Days count from Monday = 0. */
export interface FindingFilter {
  severity: Finding['severity'] | null
  rule_id: string | null
  day: number | null
  hour: number | null
}

/** Names a finding for as long as its parties stay where they are: rule, subject, other. */
export const findingKey = (finding: Finding): string =>
  [finding.rule_id, finding.subject.id, ...(finding.other ? [finding.other.id] : [])].join('~')

/** Whether a finding holds in the chosen hour: of one day, of any day at that hour, or at any hour of that day. */
export function happensAt(finding: Finding, day: number | null, hour: number | null): boolean {
  if (day === null && hour === null) return true
  return weekHours(finding.when.windows).some(
    (hours, d) =>
      (day === null || d === day) &&
      hours.some((share, h) => share > 0 && (hour === null || h === hour)),
  )
}

export const matching = (findings: readonly Finding[], filter: FindingFilter): Finding[] =>
  findings.filter(
    (finding) =>
      (filter.severity === null || finding.severity === filter.severity) &&
      (filter.rule_id === null || finding.rule_id === filter.rule_id) &&
      happensAt(finding, filter.day, filter.hour),
  )

const isHard = (finding: Finding): boolean => finding.severity === 'hard'

/** Findings by their subject: those with most hard findings first, then most warnings, then by name. */
export function groupFindings(
  findings: readonly Finding[],
  nameOf: (subject: Finding['subject']) => string,
): FindingGroup[] {
  const bySubject = new Map<string, Finding[]>()
  for (const finding of findings) {
    const group = bySubject.get(finding.subject.id)
    if (group) group.push(finding)
    else bySubject.set(finding.subject.id, [finding])
  }
  const collator = new Intl.Collator('zh-CN', { numeric: true })
  return [...bySubject.values()]
    .map((group) => ({
      subject: group[0]!.subject,
      findings: group.toSorted(
        (a, b) =>
          Number(isHard(b)) - Number(isHard(a)) || b.when.hours_per_week - a.when.hours_per_week,
      ),
      hard: group.filter(isHard).length,
      warnings: group.filter((finding) => !isHard(finding)).length,
    }))
    .sort(
      (a, b) =>
        b.hard - a.hard ||
        b.warnings - a.warnings ||
        collator.compare(nameOf(a.subject), nameOf(b.subject)),
    )
}

/** How often each rule is broken, in the order of first appearance. */
export function countByRule(findings: readonly Finding[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { rule_id } of findings) counts.set(rule_id, (counts.get(rule_id) ?? 0) + 1)
  return counts
}

/** The ids that no finding names, neither as subject nor as the other side. */
export function cleanIds(ids: readonly string[], findings: readonly Finding[]): string[] {
  const named = new Set(
    findings.flatMap(({ subject, other }) => [subject.id, ...(other ? [other.id] : [])]),
  )
  return ids.filter((id) => !named.has(id))
}

/** How many findings hold in each hour of an ordinary week: 7 days from Monday × 24 hours. */
export function countByHour(findings: readonly Finding[]): number[][] {
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  for (const finding of findings)
    for (const [day, hours] of weekHours(finding.when.windows).entries())
      for (const [hour, share] of hours.entries()) if (share > 0) week[day]![hour]!++
  return week
}
