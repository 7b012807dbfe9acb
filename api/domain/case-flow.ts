/**
 * The closed loop of a case: which step follows which, who may take it, and what it needs. Pure: who owns a case or a
 * frontage, and whether a move came twice, is the server's to know. The flow is drawn in docs/decisions/closed-loop.md.
 */
import {
  isOutstanding,
  isRecalledBy,
  refusalOfOrder,
  type UnitOrder,
  type UnitState,
  withOrder,
} from './case-units.ts'

export type { UnitState } from './case-units.ts'

/** 信息采集 案卷建立 任务派遣 任务处理 处理反馈 核查结案 综合评价; a case's step is the last one it has reached. */
export const STEPS = [
  'collection',
  'filing',
  'dispatch',
  'handling',
  'feedback',
  'verification',
  'evaluation',
] as const
export type Step = (typeof STEPS)[number]

/** `refused` is 不予立案. Of all statuses only `open` and `on_hold` still want somebody to act. */
export const STATUSES = ['open', 'on_hold', 'closed', 'refused', 'merged'] as const
export type CaseStatus = (typeof STATUSES)[number]

export const ACTIONS = [
  'report',
  'persuade',
  'file',
  'refuse',
  'merge',
  'dispatch',
  'recall',
  'accept',
  'arrive',
  'ask_hand_over',
  'report_result',
  'send_back',
  'verify',
  'hold',
  'resume',
  'escalate',
  'post_notice',
  'put_right',
  'revisit',
  'rate',
  'reopen',
  'note',
] as const
export type CaseAction = (typeof ACTIONS)[number]

/** Who moves a case: the roles of a community, where a guest is a `resident`; `system` is the clock. */
export type CaseRole =
  'resident' | 'merchant' | 'inspector' | 'unit' | 'planner' | 'leader' | 'admin' | 'system'

export type CaseFlow = 'standard' | 'zombie_vehicle'

/** Photos before and after, as counts. */
export interface PhotoCounts {
  before: number
  after: number
}

export interface CaseState {
  step: Step
  status: CaseStatus
  units: readonly UnitState[]
  flow: CaseFlow
  /** Epoch milliseconds from which a vehicle under public notice may be removed; null before the notice. */
  notice_until: number | null
  /** What the kind asks for before a case may be closed. */
  required_photos: PhotoCounts
}

export interface Move {
  action: CaseAction
  role: CaseRole
  /** For a unit's own moves the unit itself; for `recall` the unit called back, none for all that are still at work. */
  unit_id?: string | null | undefined
  /** Epoch milliseconds. */
  at: number
  reason?: string | null | undefined
  /** All photos that the case has, those of this move included. */
  photos?: PhotoCounts | undefined
  /** For `dispatch`: to whom. */
  units?: readonly UnitOrder[] | undefined
  /** For `post_notice`: until when it hangs, epoch milliseconds. */
  notice_until?: number | null | undefined
}

/** Why a move is refused; `step` speaks for the status too: a case on hold is not at the step it stands at. */
export type RefusalCode = 'step' | 'role' | 'reason' | 'photos' | 'unit' | 'notice' | 'sign_off'

export type Outcome =
  | { ok: true; state: CaseState }
  | { ok: false; code: RefusalCode; allowed: CaseAction[]; message: string }

interface Refusal {
  code: RefusalCode
  message: string
}

interface Rule {
  roles: readonly CaseRole[]
  steps: readonly Step[]
  statuses: readonly CaseStatus[]
}

const BEFORE_CLOSING = STEPS.slice(0, 5)
const WAITING: readonly Step[] = ['collection', 'filing']
const AT_WORK: readonly Step[] = ['dispatch', 'handling']
const DONE: readonly Step[] = ['verification', 'evaluation']

const when = (
  roles: readonly CaseRole[],
  steps: readonly Step[],
  statuses: readonly CaseStatus[] = ['open'],
): Rule => ({ roles, steps, statuses })

/** Who may do what where. An action is allowed when one of its rules fits and nothing of the case itself blocks it. */
const RULES: Readonly<Record<CaseAction, readonly Rule[]>> = {
  // A report makes a case (`newCase`): a case that is there cannot be reported again, only followed.
  report: [],
  persuade: [when(['inspector'], ['collection'])],
  file: [when(['leader'], ['collection'])],
  refuse: [when(['leader'], WAITING, ['open', 'on_hold'])],
  merge: [when(['leader'], WAITING, ['open', 'on_hold'])],
  dispatch: [when(['leader'], ['filing', ...AT_WORK])],
  recall: [when(['leader'], [...AT_WORK, 'feedback'])],
  accept: [when(['unit'], AT_WORK)],
  arrive: [when(['unit'], AT_WORK)],
  ask_hand_over: [when(['unit'], AT_WORK)],
  // At feedback too: a merchant put it right, and the unit still has to say so.
  report_result: [when(['unit'], [...AT_WORK, 'feedback'])],
  send_back: [when(['leader'], ['feedback'])],
  verify: [when(['leader'], ['feedback'])],
  hold: [when(['leader'], BEFORE_CLOSING)],
  resume: [when(['leader'], BEFORE_CLOSING, ['on_hold'])],
  escalate: [when(['leader', 'system'], BEFORE_CLOSING)],
  post_notice: [when(['leader', 'inspector'], ['filing'])],
  put_right: [when(['merchant'], ['filing', ...AT_WORK]), when(['inspector'], ['filing'])],
  revisit: [when(['leader'], DONE, ['closed'])],
  rate: [when(['resident', 'leader'], ['verification'], ['closed'])],
  reopen: [when(['leader'], DONE, ['closed']), when(['leader'], WAITING, ['refused', 'merged'])],
  note: [
    when(['leader', 'inspector', 'unit', 'system'], STEPS, STATUSES),
    // Whoever reported it adds what they see meanwhile; when it is closed, they rate it.
    when(['resident', 'merchant'], STEPS, ['open', 'on_hold']),
  ],
}

const NEEDS_REASON: readonly CaseAction[] = [
  'refuse',
  'recall',
  'ask_hand_over',
  'send_back',
  'hold',
  'reopen',
]

/** The case that a report makes, which anybody may: collected, open, with nobody sent. */
export function newCase(flow: CaseFlow, required_photos: PhotoCounts): CaseState {
  return {
    step: 'collection',
    status: 'open',
    units: [],
    flow,
    notice_until: null,
    required_photos,
  }
}

/** The case after a move, or why it cannot be made and what the mover may do instead. Changes nothing it is given. */
export function moveCase(state: CaseState, move: Move): Outcome {
  const refusal =
    refusalOfRule(state, move) ?? refusalOfCase(state, move) ?? refusalOfMove(state, move)
  if (!refusal) return { ok: true, state: { ...state, ...changeOf(state, move) } }
  return { ok: false, ...refusal, allowed: allowedActions(state, move.role, move.unit_id, move.at) }
}

/**
 * What somebody may do now, in the order of `ACTIONS`; a unit is asked for with its id. `at` only matters where a
 * public notice still hangs: without it dispatching is offered as soon as the notice is posted.
 */
export function allowedActions(
  state: CaseState,
  role: CaseRole,
  unitId: string | null = null,
  at = Infinity,
): CaseAction[] {
  return ACTIONS.filter((action) => {
    const move: Move = { action, role, unit_id: unitId, at }
    return !refusalOfRule(state, move) && !refusalOfCase(state, move)
  })
}

function refusalOfRule(state: CaseState, { action, role }: Move): Refusal | null {
  const rules = RULES[action]
  const ofRole = rules.filter((rule) => rule.roles.includes(role))
  if (rules.length > 0 && ofRole.length === 0)
    return {
      code: 'role',
      message: `"${action}" is for ${[...new Set(rules.flatMap((rule) => rule.roles))].join(', ')}`,
    }
  const fits = ofRole.some(
    ({ steps, statuses }) => steps.includes(state.step) && statuses.includes(state.status),
  )
  const isOfFlow = action !== 'post_notice' || state.flow === 'zombie_vehicle'
  if (fits && isOfFlow) return null
  return {
    code: 'step',
    message: `"${action}" is not possible at ${state.step}, ${state.status} (${state.flow})`,
  }
}

/** What the case itself, whatever is said with the move, stands against it. */
function refusalOfCase(state: CaseState, { action, role, unit_id, at }: Move): Refusal | null {
  if (role === 'unit') {
    const unit = state.units.find((one) => one.unit_id === unit_id && !one.is_recalled)
    if (!unit) return { code: 'unit', message: 'the case is not with this unit' }
    if (action !== 'note' && unit.signed_off)
      return { code: 'unit', message: 'this unit has signed off' }
    if ((action === 'accept' && unit.accepted) || (action === 'arrive' && unit.arrived))
      return { code: 'unit', message: `"${action}" was done by this unit before` }
  }
  if (action === 'recall' && !state.units.some((unit) => isRecalledBy(unit, unit_id)))
    return { code: 'unit', message: 'no such unit is still at work' }
  if (action === 'dispatch' && state.flow === 'zombie_vehicle') {
    if (state.notice_until === null)
      return { code: 'notice', message: 'a public notice has to be posted first' }
    if (at < state.notice_until)
      return {
        code: 'notice',
        message: `the public notice hangs until ${new Date(state.notice_until).toISOString()}`,
      }
  }
  if (action === 'verify' && state.units.some(isOutstanding))
    return { code: 'sign_off', message: 'not every unit has signed off' }
  return null
}

/** What is missing in the move itself. */
function refusalOfMove(state: CaseState, move: Move): Refusal | null {
  const { action } = move
  if (NEEDS_REASON.includes(action) && !move.reason?.trim())
    return { code: 'reason', message: `"${action}" needs a reason` }
  if (action === 'verify' || action === 'persuade') {
    const { before, after } = state.required_photos
    if ((move.photos?.before ?? 0) < before || (move.photos?.after ?? 0) < after)
      return {
        code: 'photos',
        message: `closing needs ${before} photos from before and ${after} from after`,
      }
  }
  if (action === 'post_notice' && !((move.notice_until ?? 0) > move.at))
    return { code: 'notice', message: 'a notice needs a time until which it hangs' }
  if (action === 'dispatch') {
    const message = refusalOfOrder(state.units, move.units ?? [])
    return message ? { code: 'unit', message } : null
  }
  return null
}

/** What a move that nothing stands against changes. */
function changeOf(state: CaseState, move: Move): Partial<CaseState> {
  switch (move.action) {
    case 'persuade':
    case 'verify':
      return { step: 'verification', status: 'closed' }
    case 'file':
      return { step: 'filing' }
    case 'refuse':
      return { status: 'refused' }
    case 'merge':
      return { status: 'merged' }
    case 'hold':
      return { status: 'on_hold' }
    case 'resume':
      return { status: 'open' }
    case 'rate':
      return { step: 'evaluation' }
    case 'put_right':
      return { step: 'feedback' }
    case 'post_notice':
      return { notice_until: move.notice_until! }
    case 'dispatch':
      return {
        units: withOrder(state.units, move.units!),
        step: state.step === 'filing' ? 'dispatch' : state.step,
      }
    case 'recall':
      return withUnits(
        state,
        state.units.map((unit) =>
          isRecalledBy(unit, move.unit_id) ? { ...unit, is_recalled: true } : unit,
        ),
      )
    case 'accept':
      return withUnits(state, changed(state, move, { accepted: true }))
    case 'arrive':
      return withUnits(state, changed(state, move, { accepted: true, arrived: true }))
    case 'report_result':
      return withUnits(state, changed(state, move, { accepted: true, signed_off: true }))
    case 'send_back':
      return backToWork(state)
    case 'reopen':
      // What was refused or merged goes on where it stood; what was closed is work again.
      return state.status === 'closed' ? backToWork(state) : { status: 'open' }
    case 'report':
    case 'ask_hand_over':
    case 'escalate':
    case 'revisit':
    case 'note':
      return {}
  }
}

const changed = (state: CaseState, move: Move, change: Partial<UnitState>): UnitState[] =>
  state.units.map((unit) => (unit.unit_id === move.unit_id ? { ...unit, ...change } : unit))

/** How far a case has come with its units. Feedback that a merchant gave stands, whatever the units do. */
function withUnits({ step }: CaseState, units: readonly UnitState[]): Partial<CaseState> {
  const active = units.filter((unit) => !unit.is_recalled)
  if (step === 'feedback') return { units }
  if (active.length === 0) return { units, step: 'filing' }
  if (active.every((unit) => unit.signed_off)) return { units, step: 'feedback' }
  return { units, step: active.some((unit) => unit.accepted) ? 'handling' : 'dispatch' }
}

/** The units that had it have it again, without their sign-off; with none the case waits to be dispatched. */
function backToWork({ units }: CaseState): Partial<CaseState> {
  return {
    status: 'open',
    step: units.some((unit) => !unit.is_recalled) ? 'handling' : 'filing',
    units: units.map((unit) => (unit.is_recalled ? unit : { ...unit, signed_off: false })),
  }
}
