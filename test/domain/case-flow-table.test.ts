import t from 'tap'
import {
  ACTIONS,
  type CaseAction,
  type CaseRole,
  type CaseState,
  type CaseStatus,
  type Move,
  moveCase,
  newCase,
  type Outcome,
  STATUSES,
  type Step,
  STEPS,
  type UnitState,
} from '../../api/domain/case-flow.ts'

const ROLES: readonly CaseRole[] = [
  'resident',
  'merchant',
  'inspector',
  'unit',
  'planner',
  'leader',
  'admin',
  'system',
]
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

/** A case at a step as it comes there by itself, with one unit. */
const UNITS_AT: Record<Step, UnitState[]> = {
  collection: [],
  filing: [],
  dispatch: [unit('roads')],
  handling: [unit('roads', { accepted: true })],
  feedback: [unit('roads', { accepted: true, signed_off: true })],
  verification: [unit('roads', { accepted: true, signed_off: true })],
  evaluation: [unit('roads', { accepted: true, signed_off: true })],
}
const caseAt = (step: Step, status: CaseStatus, more: Partial<CaseState> = {}): CaseState => ({
  ...newCase('standard', { before: 1, after: 1 }),
  step,
  status,
  units: UNITS_AT[step],
  ...more,
})

/** A move with all that any action may ask for. */
const fullMove = (action: CaseAction, role: CaseRole): Move => ({
  action,
  role,
  unit_id: role === 'unit' ? 'roads' : null,
  at: AT,
  reason: 'because',
  photos: { before: 1, after: 1 },
  units: [{ unit_id: 'lights', is_lead: false }],
  notice_until: AT + DAY,
})

// What each may do, and what becomes of the case: written from the rules of the loop, state by state. What is not
// here is refused. `=` nothing changes.
const GOLDEN = `
collection   open     leader     file:filing/open refuse:collection/refused merge:collection/merged hold:collection/on_hold escalate:= note:=
collection   open     inspector  persuade:verification/closed note:=
collection   open     system     escalate:= note:=
filing       open     leader     refuse:filing/refused merge:filing/merged dispatch:dispatch/open hold:filing/on_hold escalate:= note:=
filing       open     inspector  put_right:feedback/open note:=
filing       open     merchant   put_right:feedback/open
filing       open     system     escalate:= note:=
dispatch     open     leader     dispatch:= recall:filing/open hold:dispatch/on_hold escalate:= note:=
dispatch     open     inspector  note:=
dispatch     open     merchant   put_right:feedback/open
dispatch     open     unit       accept:handling/open arrive:handling/open ask_hand_over:= report_result:feedback/open note:=
dispatch     open     system     escalate:= note:=
handling     open     leader     dispatch:= recall:filing/open hold:handling/on_hold escalate:= note:=
handling     open     inspector  note:=
handling     open     merchant   put_right:feedback/open
handling     open     unit       arrive:= ask_hand_over:= report_result:feedback/open note:=
handling     open     system     escalate:= note:=
feedback     open     leader     send_back:handling/open verify:verification/closed hold:feedback/on_hold escalate:= note:=
feedback     open     inspector  note:=
feedback     open     unit       note:=
feedback     open     system     escalate:= note:=
collection   on_hold  leader     refuse:collection/refused merge:collection/merged resume:collection/open note:=
filing       on_hold  leader     refuse:filing/refused merge:filing/merged resume:filing/open note:=
dispatch     on_hold  leader     resume:dispatch/open note:=
handling     on_hold  leader     resume:handling/open note:=
feedback     on_hold  leader     resume:feedback/open note:=
collection   refused  leader     reopen:collection/open note:=
filing       refused  leader     reopen:filing/open note:=
collection   merged   leader     reopen:collection/open note:=
filing       merged   leader     reopen:filing/open note:=
verification closed   leader     revisit:= rate:evaluation/closed reopen:handling/open note:=
verification closed   resident   rate:evaluation/closed
evaluation   closed   leader     revisit:= reopen:handling/open note:=
`

// Three things hold everywhere: the leader, the inspector and the clock may always note, a unit only where the case is
// with it, a resident and a shop while somebody still acts on it.
const golden = new Map<string, string>()
for (const step of STEPS)
  for (const status of STATUSES) {
    for (const role of ['leader', 'inspector', 'system'])
      golden.set(`${step} ${status} ${role} note`, '=')
    if (status === 'open' || status === 'on_hold')
      for (const role of ['resident', 'merchant']) golden.set(`${step} ${status} ${role} note`, '=')
    if (UNITS_AT[step].length > 0) golden.set(`${step} ${status} unit note`, '=')
  }
for (const line of GOLDEN.trim().split('\n')) {
  const [step, status, role, ...moves] = line.split(/ +/)
  for (const move of moves) {
    const [action, result] = move.split(':')
    golden.set(`${step} ${status} ${role} ${action}`, result!)
  }
}
/** Who may take an action at all. */
const mayEver = (action: CaseAction, role: CaseRole) =>
  [...golden.keys()].some((key) => key.endsWith(` ${role} ${action}`))

t.test(
  'every step, status, action and role: 7 × 5 × 22 × 8 outcomes as the golden table has them',
  async (t) => {
    let outcomes = 0
    const wrong: string[] = []
    for (const step of STEPS)
      for (const status of STATUSES)
        for (const role of ROLES) {
          const state = caseAt(step, status)
          const expected = ACTIONS.filter((action) =>
            golden.has(`${step} ${status} ${role} ${action}`),
          )
          for (const action of ACTIONS) {
            outcomes++
            // A case that waits is dispatched to the unit that leads; one at work gets another besides.
            const move = fullMove(action, role)
            if (step === 'filing') move.units = [{ unit_id: 'roads', is_lead: true }]
            const outcome = moveCase(state, move)
            const key = `${step} ${status} ${role} ${action}`
            if (describe(state, outcome) !== (golden.get(key) ?? 'refused'))
              wrong.push(`${key}: ${describe(state, outcome)} instead of ${golden.get(key)}`)
            if (outcome.ok) continue
            if (String(outcome.allowed) !== String(expected))
              wrong.push(`${key}: allows ${String(outcome.allowed)}`)
            if ((outcome.code === 'role') !== (action !== 'report' && !mayEver(action, role)))
              if (action !== 'post_notice') wrong.push(`${key}: code ${outcome.code}`)
            if (outcome.message.length < 10) wrong.push(`${key}: says nothing`)
          }
        }
    t.same(wrong, [])
    t.equal(outcomes, 6160)
  },
)

function describe(state: CaseState, outcome: Outcome): string {
  if (!outcome.ok) return 'refused'
  const { step, status } = outcome.state
  return step === state.step && status === state.status ? '=' : `${step}/${status}`
}
