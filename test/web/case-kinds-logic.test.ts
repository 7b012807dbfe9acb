import t from 'tap'
import type { CaseKind } from '../../api/features/case-kinds/contract.ts'
import {
  branchOf,
  changesOf,
  clashesOf,
  hoursText,
  minutesOf,
  newKind,
  rebased,
  treeOf,
} from '../../web/src/case-kinds/kind-draft.ts'
import { csvOf } from '../../web/src/case-kinds/kinds-csv.ts'

const kind = (code: string, more: Partial<CaseKind> = {}): CaseKind => ({
  id: code,
  version: 1,
  ...newKind(null),
  code,
  name_zh: code,
  name_en: code,
  ...more,
})

t.test('limits are written in working hours and kept in minutes', (t) => {
  for (const [minutes, text] of [
    [undefined, ''],
    [60, '1'],
    [90, '1.5'],
    [20, '0.33'],
    [2400, '40'],
  ] as const) {
    t.equal(hoursText(minutes), text)
    t.equal(minutesOf(text), minutes)
  }
  for (const text of [' ', '0', '-1', 'abc']) t.equal(minutesOf(text), undefined)
  t.end()
})

t.test('only what differs is sent, whatever the order of members', (t) => {
  const base = { ...newKind(null), limits: { file: 60, handle: 120 } }
  t.equal(changesOf(base, { ...base, limits: { handle: 120, file: 60 } }), null)
  t.same(changesOf(base, { ...base, limits: { file: 60 }, name_zh: '新' }), {
    limits: { file: 60 },
    name_zh: '新',
  })
  t.end()
})

t.test('a change upon another’s keeps both, and names where both touched the same', (t) => {
  const base = newKind(null)
  const mine = { ...base, name_zh: '我', duplicate_days: 3, is_hazard: true }
  const theirs = { ...base, name_zh: '他', duplicate_radius_m: 12, is_hazard: true }
  t.match(rebased(base, mine, theirs), {
    name_zh: '我',
    duplicate_days: 3,
    duplicate_radius_m: 12,
  })
  t.same(clashesOf(base, mine, theirs), ['name_zh'])
  t.end()
})

t.test('headings stand before what is under them; a loop loses nobody', (t) => {
  const kinds = [
    kind('a'),
    kind('a.1', { parent_id: 'a' }),
    kind('a.1.x', { parent_id: 'a.1' }),
    kind('b'),
    kind('p', { parent_id: 'q' }),
    kind('q', { parent_id: 'p' }),
  ]
  t.same(
    treeOf(kinds).map(({ kind: { code }, depth }) => [code, depth]),
    [
      ['a', 0],
      ['a.1', 1],
      ['a.1.x', 2],
      ['b', 0],
      ['p', 0],
      ['q', 1],
    ],
  )
  t.same([...branchOf(kinds, 'a')], ['a', 'a.1', 'a.1.x'])
  t.end()
})

t.test('the list as CSV quotes what must be and names headings by code', (t) => {
  const [heads, first, second] = csvOf([
    kind('a', { name_zh: '甲,"乙"' }),
    kind('b', { parent_id: 'a', limits: { handle: 90 }, required: { fields: ['severity'] } }),
  ]).split('\r\n') as [string, string, string]
  t.match(heads, /^\uFEFFcode,class,name_zh/)
  t.match(first, /^a,event,"甲,""乙""",a,/)
  const cells = second.split(',')
  const at = (name: string) => cells[heads.split(',').indexOf(name)]
  t.equal(at('parent_code'), 'a')
  t.equal(at('limits.handle'), '90')
  t.equal(at('required.fields'), 'severity')
  t.equal(at('outcomes'), 'persuaded|tip_card|needs_dispatch')
  t.end()
})
