import t from 'tap'
import type { Finding } from '../../api/features/checks/contract.ts'
import {
  cleanIds,
  findingKey,
  groupFindings,
  happensAt,
  matching,
} from '../../web/src/conflicts/finding-groups.ts'
import { boxOf, groupPoints } from '../../web/src/conflicts/where.ts'
import { hourRuns, weekHours } from '../../web/src/parts/week-hours.ts'

const party = (id: string, collection = 'vendor_zones') => ({
  collection,
  id,
  name_zh: id,
  name_en: null,
})

const finding = (
  subject: string,
  other: string | null,
  changes: Partial<Finding> = {},
): Finding => ({
  rule_id: 'V6',
  severity: 'hard',
  message_key: 'finding.overlap_bay',
  subject: party(subject),
  other: other === null ? null : { ...party(other, 'bays'), kind: null },
  measured: 10.8,
  required: 0,
  unit: 'm2',
  where: {
    type: 'LineString',
    coordinates: [
      [91.14, 29.65],
      [91.16, 29.67],
    ],
  },
  when: {
    hours_per_week: 35,
    windows: [{ days: ['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'], from: '18:00', to: '23:00' }],
  },
  fix: null,
  source: { title: 's', url: null, quoted: null },
  ...changes,
})

t.test(
  'daily 22:30 to 01:00 fills half of 22, all of 23 and 0, Sunday night runs into Monday',
  (t) => {
    const week = weekHours([{ days: ['su'], from: '22:30', to: '01:00' }])
    t.equal(week[6]![22], 0.5)
    t.equal(week[6]![23], 1)
    t.equal(week[0]![0], 1)
    t.equal(
      week.flat().reduce((sum, share) => sum + share, 0),
      2.5,
    )
    t.same(hourRuns(week[6]!), [
      { from: 22, to: 23, share: 0.5 },
      { from: 23, to: 24, share: 1 },
    ])
    t.end()
  },
)

t.test('a finding from 18 to 23 happens at 18 and 22 o’clock, not at 23, and on every day', (t) => {
  const evening = finding('zone', 'bay')
  t.ok(happensAt(evening, null, 18))
  t.ok(happensAt(evening, 2, 22))
  t.notOk(happensAt(evening, 2, 23))
  t.ok(happensAt(evening, 6, null))
  t.end()
})

t.test('hard findings stand first, in a group and among groups', (t) => {
  const warning = { severity: 'warning' as const, rule_id: 'V8' }
  const groups = groupFindings(
    [finding('calm', 'shop', warning), finding('bad', 'shop', warning), finding('bad', 'bay')],
    (subject) => subject.id,
  )
  t.same(
    groups.map(({ subject, hard, warnings }) => [subject.id, hard, warnings]),
    [
      ['bad', 1, 1],
      ['calm', 0, 1],
    ],
  )
  t.equal(groups[0]!.findings[0]!.severity, 'hard')
  t.end()
})

t.test('filters narrow together', (t) => {
  const all = [finding('a', 'b'), finding('a', 'c', { severity: 'warning', rule_id: 'V8' })]
  const none = { severity: null, rule_id: null, day: null, hour: null }
  t.equal(matching(all, none).length, 2)
  t.equal(matching(all, { ...none, severity: 'warning' }).length, 1)
  t.equal(matching(all, { ...none, severity: 'warning', rule_id: 'V6' }).length, 0)
  t.equal(matching(all, { ...none, hour: 9 }).length, 0)
  t.end()
})

t.test('a zone that is only the other side of a finding is not clean', (t) => {
  t.same(cleanIds(['a', 'b', 'c'], [finding('a', 'b')]), ['c'])
  t.end()
})

t.test(
  'a finding is named by its rule and parties; its place is seen from afar at its middle',
  (t) => {
    const one = finding('zone', 'bay')
    t.equal(findingKey(one), 'V6~zone~bay')
    t.equal(findingKey(finding('zone', null)), 'V6~zone')
    t.same(boxOf(one.where), [91.14, 29.65, 91.16, 29.67])
    const [point] = groupPoints(groupFindings([one], () => '')).features
    const [lon, lat] = point!.geometry.coordinates
    t.ok(Math.abs(lon! - 91.15) < 1e-9 && Math.abs(lat! - 29.66) < 1e-9)
    t.end()
  },
)
