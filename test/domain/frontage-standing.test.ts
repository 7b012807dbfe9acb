import t from 'tap'
import { letterState, LIST_RULE, listShops, scoreOf } from '../../api/domain/frontages/standing.ts'

t.test('a letter counts to the end of its last day', async (t) => {
  const letter = { signed_at: '2026-01-01', valid_until: '2026-12-31' }
  t.equal(letterState(null, '2026-06-01'), 'none')
  t.equal(letterState(letter, '2025-12-31'), 'none')
  t.equal(letterState(letter, '2026-11-30'), 'signed')
  t.equal(letterState(letter, '2026-12-01'), 'ends_soon', '30 days are left')
  t.equal(letterState(letter, '2026-12-31'), 'ends_soon')
  t.equal(letterState(letter, '2027-01-01'), 'expired')
})

t.test('scores are weighed, months averaged, and lists follow the rule', async (t) => {
  const scores = { hygiene: 100, order: 80, facilities: 60 }
  t.equal(scoreOf(scores, LIST_RULE), 80)
  // (2 × 100 + 80) / 3
  t.equal(scoreOf(scores, { weights: { hygiene: 2, order: 1, facilities: 0 } }), 93.3)
  const all = (n: number) => ({ hygiene: n, order: n, facilities: n })
  const checks = [
    { shop_id: 'b', scores: all(90) },
    { shop_id: 'a', scores: all(80) },
    { shop_id: 'a', scores: all(100) },
    { shop_id: 'c', scores: all(59) },
    { shop_id: 'd', scores: all(60) },
  ]
  t.same(listShops(checks, LIST_RULE), [
    { shop_id: 'a', checks: 2, score: 90, list: 'red' },
    { shop_id: 'b', checks: 1, score: 90, list: 'red' },
    { shop_id: 'd', checks: 1, score: 60, list: null },
    { shop_id: 'c', checks: 1, score: 59, list: 'black' },
  ])
  t.same(
    listShops(checks, { ...LIST_RULE, least_checks: 2 }).map(({ list }) => list),
    ['red', null, null, null],
  )
})
