import fc from 'fast-check'
import t from 'tap'
import {
  type ChainedEdit,
  editsBarred,
  editsUpon,
  latestEdit,
  netEdits,
} from '../../api/domain/planning/plan-edits.ts'

/** Edits of a plan: what they come to, and which can be taken back or brought again. */

const edit = (
  id: string,
  serial: number,
  action: ChainedEdit['action'],
  feature_id: string,
  after_id: string | null,
  is_undone = false,
): ChainedEdit => ({
  id,
  serial,
  action,
  feature_id,
  base_version: action === 'create' ? null : 3,
  after_id,
  is_undone,
})

t.test('the last edit of a feature counts, on the version that the first one saw', async (t) => {
  const edits = [
    edit('a', 1, 'replace', 'bay', null),
    edit('b', 2, 'create', 'new', null),
    edit('c', 3, 'replace', 'bay', 'a'),
    edit('d', 4, 'replace', 'new', 'b'),
  ]
  t.match(netEdits(edits), [
    { action: 'replace', base_version: 3, last: { id: 'c' } },
    { action: 'create', base_version: null, last: { id: 'd' } },
  ])
  t.equal(latestEdit(edits, 'bay')?.id, 'c')
  t.equal(latestEdit(edits, 'other'), undefined)
})

t.test('what the plan itself made and took away again is nothing', async (t) => {
  t.same(netEdits([edit('a', 1, 'create', 'x', null), edit('b', 2, 'retire', 'x', 'a')]), [])
  t.match(netEdits([edit('a', 1, 'replace', 'x', null), edit('b', 2, 'retire', 'x', 'a')]), [
    { action: 'retire', base_version: 3 },
  ])
})

t.test('what others drew upon is not taken back alone', async (t) => {
  const edits = [edit('a', 1, 'create', 'x', null), edit('b', 2, 'replace', 'x', 'a')]
  t.match(editsUpon(edits, new Set(['a'])), [{ id: 'b' }])
  t.same(editsUpon(edits, new Set(['b'])), [])
  t.same(editsUpon(edits, new Set(['a', 'b'])), [])
})

t.test('an edit comes again only where its place is free', async (t) => {
  const fork = [edit('a', 1, 'replace', 'x', null, true), edit('b', 2, 'replace', 'x', null)]
  t.match(editsBarred(fork, new Set(['a'])), [{ id: 'a' }])
  const chain = [edit('a', 1, 'create', 'x', null, true), edit('b', 2, 'replace', 'x', 'a', true)]
  t.match(editsBarred(chain, new Set(['b'])), [{ id: 'b' }])
  t.same(editsBarred(chain, new Set(['a', 'b'])), [])
})

t.test('however two planners draw, undo and redo, each feature has one line of edits', async () => {
  const deed = fc.record({
    what: fc.constantFrom('draw', 'undo', 'redo'),
    feature: fc.constantFrom('x', 'y', 'z'),
    pick: fc.nat(),
  })
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
      let edits: ChainedEdit[] = []
      for (const { what, feature, pick } of deeds) {
        if (what === 'draw') {
          const latest = latestEdit(edits, feature)
          const serial = edits.length + 1
          const action = latest ? 'replace' : 'create'
          edits = [...edits, edit(`e${serial}`, serial, action, feature, latest?.id ?? null)]
          continue
        }
        const chosen = edits[pick % Math.max(1, edits.length)]
        if (!chosen) continue
        const ids = new Set([chosen.id])
        const inTheWay = what === 'undo' ? editsUpon(edits, ids) : editsBarred(edits, ids)
        if (inTheWay.length === 0)
          edits = edits.map((e) => (ids.has(e.id) ? { ...e, is_undone: what === 'undo' } : e))
      }
      const inForce = edits.filter((e) => !e.is_undone)
      for (const { after_id, feature_id, id } of inForce) {
        const upon = inForce.filter((e) => e.feature_id === feature_id && e.after_id === after_id)
        if (upon.length > 1) throw new Error(`${id} has a rival`)
        if (after_id !== null && !inForce.some((e) => e.id === after_id))
          throw new Error(`${id} hangs in the air`)
      }
      const features = new Set(inForce.map((e) => e.feature_id))
      return netEdits(edits).length === features.size
    }),
    { numRuns: 500 },
  )
})
