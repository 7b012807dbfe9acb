import t from 'tap'
import {
  allowedActions,
  type CaseAction,
  type CaseState,
  type Move,
  moveCase,
  newCase,
  type Outcome,
  type UnitState,
} from '../../api/domain/case-flow.ts'

const AT = Date.UTC(2026, 8, 16, 2)
const DAY = 86_400_000

const unit = (unit_id: string, more: Partial<UnitState> = {}): UnitState => ({
  unit_id,
  is_lead: unit_id === 'roads',
  accepted: false,
  arrived: false,
  signed_off: false,
  is_recalled: false,
  ...more,
})

/** Makes moves one after the other; each must be possible. */
function walk(state: CaseState, ...moves: (Partial<Move> & Pick<Move, 'action' | 'role'>)[]) {
  return moves.reduce((before, move) => {
    const outcome = moveCase(before, { at: AT, ...move })
    if (!outcome.ok) throw new Error(`${move.action}: ${outcome.code}, ${outcome.message}`)
    return outcome.state
  }, state)
}
const codeOf = (outcome: Outcome) => (outcome.ok ? 'ok' : outcome.code)
const ORDER = [
  { unit_id: 'roads', is_lead: true },
  { unit_id: 'police', is_lead: false },
  { unit_id: 'lights', is_lead: false },
]
const sent = walk(
  newCase('standard', { before: 1, after: 2 }),
  { action: 'file', role: 'leader' },
  { action: 'dispatch', role: 'leader', units: ORDER },
)
const by = (unit_id: string, action: CaseAction, more: Partial<Move> = {}) => ({
  action,
  role: 'unit' as const,
  unit_id,
  ...more,
})

t.test('a burst pipe goes through all seven steps with three units', async (t) => {
  t.equal(sent.step, 'dispatch')
  const there = walk(sent, by('roads', 'accept'), by('police', 'arrive'))
  t.equal(there.step, 'handling')
  t.same(
    there.units.map((one) => [one.accepted, one.arrived]),
    [
      [true, false],
      [true, true],
      [false, false],
    ],
    'who arrives has accepted',
  )
  const two = walk(there, by('roads', 'report_result'), by('lights', 'report_result'))
  t.equal(two.step, 'handling', 'two of three have signed off')
  const three = walk(two, by('police', 'report_result'))
  t.equal(three.step, 'feedback')
  const verify: Move = { action: 'verify', role: 'leader', at: AT }
  t.equal(codeOf(moveCase(three, { ...verify, photos: { before: 1, after: 1 } })), 'photos')
  t.equal(codeOf(moveCase(three, verify)), 'photos')
  const closed = walk(three, { ...verify, photos: { before: 1, after: 2 } })
  t.same([closed.step, closed.status], ['verification', 'closed'])
  t.equal(walk(closed, { action: 'rate', role: 'resident' }).step, 'evaluation')
  t.equal(sent.units[0]!.accepted, false, 'what was given is not changed')
})

t.test('sent back, every unit signs off again; the recalled one does not', async (t) => {
  const back = walk(
    sent,
    { action: 'recall', role: 'leader', unit_id: 'lights', reason: 'not its lamp' },
    by('roads', 'report_result'),
    by('police', 'report_result'),
    { action: 'send_back', role: 'leader', reason: 'still wet' },
  )
  t.equal(back.step, 'handling')
  t.same(
    back.units.map((one) => one.signed_off),
    [false, false, false],
  )
  t.equal(
    walk(back, by('police', 'report_result'), by('roads', 'report_result')).step,
    'feedback',
    'two are enough',
  )
  t.equal(codeOf(moveCase(back, { ...by('lights', 'accept'), at: AT })), 'unit')
})

t.test(
  'calling back the last unit at work makes feedback of what the others reported',
  async (t) => {
    const waiting = walk(sent, by('roads', 'report_result'), by('police', 'report_result'))
    const recalled = walk(waiting, { action: 'recall', role: 'leader', reason: 'not needed' })
    t.equal(recalled.step, 'feedback')
    t.same(
      recalled.units.map((one) => one.is_recalled),
      [false, false, true],
      'who signed off stays',
    )
  },
)

t.test(
  'with nobody left the case waits to be dispatched, and the same unit may go again',
  async (t) => {
    const none = walk(sent, by('roads', 'accept'), {
      action: 'recall',
      role: 'leader',
      reason: 'wrong street',
    })
    t.equal(none.step, 'filing')
    const again = walk(none, {
      action: 'dispatch',
      role: 'leader',
      units: [{ unit_id: 'roads', is_lead: true }],
    })
    t.equal(again.units.length, 3)
    t.same(
      again.units.find((one) => one.unit_id === 'roads'),
      unit('roads'),
      'it has not accepted yet',
    )
  },
)

t.test('one unit leads: none, two, twice the same and one that has it are refused', async (t) => {
  const filed = walk(newCase('standard', { before: 0, after: 0 }), {
    action: 'file',
    role: 'leader',
  })
  const dispatch = (state: CaseState, units: Move['units']) =>
    codeOf(moveCase(state, { action: 'dispatch', role: 'leader', at: AT, units }))
  t.equal(dispatch(filed, undefined), 'unit')
  t.equal(dispatch(filed, []), 'unit')
  t.equal(dispatch(filed, [{ unit_id: 'roads', is_lead: false }]), 'unit')
  t.equal(dispatch(filed, [ORDER[0]!, { unit_id: 'police', is_lead: true }]), 'unit')
  t.equal(dispatch(filed, [ORDER[0]!, { unit_id: 'roads', is_lead: false }]), 'unit')
  t.equal(dispatch(sent, [{ unit_id: 'police', is_lead: false }]), 'unit')
  t.equal(dispatch(sent, [{ unit_id: 'parks', is_lead: true }]), 'unit', 'roads leads')
  t.equal(dispatch(sent, [{ unit_id: 'parks', is_lead: false }]), 'ok')
  const leaderless = walk(sent, {
    action: 'recall',
    role: 'leader',
    unit_id: 'roads',
    reason: 'handed over',
  })
  t.equal(dispatch(leaderless, [{ unit_id: 'parks', is_lead: false }]), 'unit')
  t.equal(dispatch(leaderless, [{ unit_id: 'parks', is_lead: true }]), 'ok')
})

t.test(
  'a zombie vehicle is removed when its notice has hung for seven days, not before',
  async (t) => {
    const filed = walk(newCase('zombie_vehicle', { before: 0, after: 0 }), {
      action: 'file',
      role: 'leader',
    })
    const remove = (state: CaseState, at: number) =>
      moveCase(state, { action: 'dispatch', role: 'leader', at, units: [ORDER[0]!] })
    t.equal(codeOf(remove(filed, AT)), 'notice')
    t.notOk(allowedActions(filed, 'leader').includes('dispatch'))
    const post: Move = { action: 'post_notice', role: 'inspector', at: AT }
    t.equal(codeOf(moveCase(filed, post)), 'notice')
    t.equal(codeOf(moveCase(filed, { ...post, notice_until: AT })), 'notice')
    const posted = walk(filed, { ...post, notice_until: AT + 7 * DAY })
    t.equal(posted.step, 'filing')
    const early = remove(posted, AT + 7 * DAY - 1)
    t.equal(codeOf(early), 'notice')
    t.match(early, { allowed: ['refuse', 'merge', 'hold', 'escalate', 'post_notice', 'note'] })
    t.equal(codeOf(remove(posted, AT + 7 * DAY)), 'ok')
    t.ok(allowedActions(posted, 'leader').includes('dispatch'))
    t.notOk(allowedActions(posted, 'leader', null, AT).includes('dispatch'))
    t.equal(
      codeOf(
        moveCase(
          walk(newCase('standard', { before: 0, after: 0 }), { action: 'file', role: 'leader' }),
          { ...post, notice_until: AT + DAY },
        ),
      ),
      'step',
      'other kinds of case have no notice',
    )
  },
)

t.test('what a merchant puts right still wants the word of the units that were sent', async (t) => {
  const right = walk(sent, { action: 'put_right', role: 'merchant' })
  t.equal(right.step, 'feedback')
  const verify: Move = {
    action: 'verify',
    role: 'leader',
    at: AT,
    photos: { before: 1, after: 2 },
  }
  const refused = moveCase(right, verify)
  t.equal(codeOf(refused), 'sign_off')
  t.match(refused, { allowed: ['recall', 'send_back', 'hold', 'escalate', 'note'] })
  const recalled = walk(right, { action: 'recall', role: 'leader', reason: 'put right' })
  t.equal(recalled.step, 'feedback', 'the feedback stands')
  t.equal(walk(recalled, verify).status, 'closed')
  const signed = walk(right, ...ORDER.map(({ unit_id }) => by(unit_id, 'report_result')))
  t.equal(walk(signed, verify).status, 'closed')
})

t.test(
  'persuading on the spot closes with the photos of the kind, and a word is a reason',
  async (t) => {
    const fresh = newCase('standard', { before: 1, after: 0 })
    const persuade: Move = { action: 'persuade', role: 'inspector', at: AT }
    t.equal(codeOf(moveCase(fresh, persuade)), 'photos')
    const closed = walk(fresh, { ...persuade, photos: { before: 1, after: 0 } })
    t.same([closed.step, closed.status], ['verification', 'closed'])
    const reopened = walk(closed, { action: 'reopen', role: 'leader', reason: 'back again' })
    t.same([reopened.step, reopened.status], ['filing', 'open'], 'nobody was sent')
    for (const reason of [undefined, null, '', '  '])
      for (const [state, action, role] of [
        [fresh, 'refuse', 'leader'],
        [fresh, 'hold', 'leader'],
        [closed, 'reopen', 'leader'],
        [sent, 'recall', 'leader'],
        [walk(sent, { action: 'put_right', role: 'merchant' }), 'send_back', 'leader'],
        [sent, 'ask_hand_over', 'unit'],
      ] as const)
        t.equal(
          codeOf(moveCase(state, { action, role, at: AT, reason, unit_id: 'roads' })),
          'reason',
          `${action} with ${JSON.stringify(reason)}`,
        )
  },
)

t.test('a unit that the case is not with may do nothing, nor one without a name', async (t) => {
  for (const unit_id of ['parks', null, undefined]) {
    t.same(allowedActions(sent, 'unit', unit_id), [])
    for (const action of ['accept', 'arrive', 'report_result', 'note'] as const)
      t.equal(codeOf(moveCase(sent, { action, role: 'unit', unit_id, at: AT })), 'unit')
  }
  t.equal(
    codeOf(moveCase(walk(sent, by('roads', 'accept')), { ...by('roads', 'accept'), at: AT })),
    'unit',
    'accepted before',
  )
})
