import fc from 'fast-check'
import t from 'tap'
import {
  ACTIONS,
  allowedActions,
  type CaseState,
  type Move,
  moveCase,
  newCase,
} from '../../api/domain/case-flow.ts'

const ROLES = [
  'resident',
  'merchant',
  'inspector',
  'unit',
  'planner',
  'leader',
  'admin',
  'system',
] as const
const AT = Date.UTC(2026, 8, 16, 2)
const DAY = 86_400_000
const IDS = ['roads', 'police', 'lights', 'parks']
const randomMove: fc.Arbitrary<Move> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  role: fc.constantFrom(...ROLES, 'leader', 'leader', 'leader', 'unit', 'unit'),
  unit_id: fc.constantFrom(null, ...IDS),
  at: fc.integer({ min: AT, max: AT + 10 * DAY }),
  reason: fc.constantFrom(null, '', 'because', 'because'),
  photos: fc.record({ before: fc.nat(2), after: fc.nat(2) }),
  units: fc.array(fc.record({ unit_id: fc.constantFrom(...IDS), is_lead: fc.boolean() }), {
    maxLength: 3,
  }),
  notice_until: fc.constantFrom(null, AT, AT + 7 * DAY),
})

/** Every button that somebody has. */
const buttonsOf = (state: CaseState, at: number) =>
  [
    ...(['leader', 'inspector', 'merchant', 'resident'] as const).map((role) => ({
      role,
      id: null,
    })),
    ...state.units.map((one) => ({ role: 'unit' as const, id: one.unit_id })),
  ].flatMap(({ role, id }) =>
    allowedActions(state, role, id, at)
      .filter((action) => action !== 'note')
      .map((action) => ({ action, role, unit_id: id })),
  )

/** Gives a move all that its action can ask for, in this state. */
function made(state: CaseState, move: Move): Move {
  const active = state.units.filter((one) => !one.is_recalled)
  const free = IDS.find((id) => !active.some((one) => one.unit_id === id))
  return {
    ...move,
    reason: 'because',
    photos: { before: 9, after: 9 },
    notice_until: move.at + DAY,
    units: free ? [{ unit_id: free, is_lead: !active.some((one) => one.is_lead) }] : [],
  }
}

/** What no walk may ever break. */
function brokenBy(before: CaseState, move: Move, { step, status, units, flow }: CaseState): string {
  const active = units.filter((one) => !one.is_recalled)
  const outstanding = active.filter((one) => !one.signed_off)
  const isDone = step === 'verification' || step === 'evaluation'
  if (isDone !== (status === 'closed')) return 'closed is not where a case is closed'
  if (status === 'closed' && outstanding.length) return 'closed without every sign-off'
  if (active.filter((one) => one.is_lead).length > 1) return 'two units lead'
  if (new Set(units.map((one) => one.unit_id)).size < units.length) return 'a unit is there twice'
  if ((step === 'collection' || step === 'filing') && active.length)
    return 'units in a waiting case'
  if ((step === 'dispatch' || step === 'handling') && !outstanding.length)
    return 'at work, by nobody'
  if ((status === 'refused' || status === 'merged') && active.length) return 'units left behind'
  if (active.some((one) => one.arrived && !one.accepted)) return 'arrived without accepting'
  if (before.status === 'on_hold' && !['resume', 'note', 'refuse', 'merge'].includes(move.action))
    return 'moved while on hold'
  if (flow === 'zombie_vehicle' && move.action === 'dispatch')
    if (before.notice_until === null || move.at < before.notice_until) return 'removed too early'
  return ''
}

t.test(
  'on 2,000 random walks a case is never closed without all sign-offs, and buttons do what they say',
  async (t) => {
    const reached = new Set<string>()
    fc.assert(
      fc.property(
        fc.constantFrom('standard' as const, 'zombie_vehicle' as const),
        fc.record({ before: fc.nat(1), after: fc.nat(1) }),
        fc.array(fc.tuple(randomMove, fc.boolean()), { minLength: 1, maxLength: 60 }),
        (flow, required, moves) => {
          let state = newCase(flow, required)
          for (const [drawn, isMade] of moves) {
            // Half of the moves are drawn from all buttons there are, so that walks go far.
            const pool = isMade ? buttonsOf(state, drawn.at) : []
            const move = pool.length
              ? made(state, { ...drawn, ...pool[drawn.at % pool.length]! })
              : drawn
            const buttons = allowedActions(state, move.role, move.unit_id, move.at)
            const frozen = JSON.stringify(state)
            const outcome = moveCase(state, move)
            if (JSON.stringify(state) !== frozen) throw new Error('the state given was changed')
            const isButton = buttons.includes(move.action)
            if (outcome.ok && !isButton) throw new Error(`${move.action} has no button`)
            const full = made(state, move)
            if (isButton && (move.action !== 'dispatch' || full.units!.length))
              if (!moveCase(state, full).ok) throw new Error(`${move.action} is a dead button`)
            if (!outcome.ok) {
              if (String(outcome.allowed) !== String(buttons)) throw new Error('other buttons')
              continue
            }
            const broken = brokenBy(state, move, outcome.state)
            if (broken) throw new Error(`${move.action} by ${move.role}: ${broken}`)
            state = outcome.state
            reached.add(`${state.step} ${state.status}`)
          }
        },
      ),
      { numRuns: 2000, seed: 20260916 },
    )
    t.equal(reached.size, 16, 'every state that there is: 5 open, 5 on hold, 2 + 2 ended, 2 closed')
  },
)
