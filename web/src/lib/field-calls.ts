import type { Static } from 'typebox'
import type { MembersReply } from '../../../api/features/accounts/contract.ts'
import type {
  NearReply,
  SubjectHistory,
  SubjectLookup,
} from '../../../api/features/cases/contract.ts'
import type { IngestReport, ObservationItem } from '../../../api/features/observations/contract.ts'
import type {
  Coverage,
  DutyList,
  FieldPackage,
  NewPass,
  NewPatrol,
  NewPatrolPlan,
  PassReport,
  PatrolChange,
  PatrolDetails,
  PatrolList,
  PatrolPlan,
  PatrolPlanChange,
  PatrolPlanList,
  PatrolView,
} from '../../../api/features/patrols/contract.ts'

/** The calls of field work: patrols, their plans, what is logged on them and what they cover; see `api.ts`. */
export interface FieldCalls {
  'GET /api/accounts': { reply: Static<typeof MembersReply> }
  'GET /api/patrol_plans': { reply: Static<typeof PatrolPlanList> }
  'POST /api/patrol_plans': { reply: PatrolPlan; body: NewPatrolPlan }
  'PATCH /api/patrol_plans/:id': { reply: PatrolPlan; body: PatrolPlanChange }
  'DELETE /api/patrol_plans/:id': { reply: undefined }
  'GET /api/patrols/due': { reply: DutyList }
  'GET /api/patrols/coverage': { reply: Coverage }
  'GET /api/patrols': { reply: PatrolList }
  'GET /api/patrols/:id': { reply: PatrolDetails }
  'POST /api/patrols': { reply: PatrolView; body: NewPatrol }
  'PATCH /api/patrols/:id': { reply: PatrolView; body: PatrolChange }
  'POST /api/passes': { reply: PassReport; body: NewPass[] }
  'GET /api/field_package': { reply: FieldPackage }
  'POST /api/observations': { reply: IngestReport; body: ObservationItem[] }
  'POST /api/subjects/lookup': {
    reply: Static<typeof SubjectHistory>
    body: Static<typeof SubjectLookup>
  }
  'GET /api/cases/near': { reply: Static<typeof NearReply> }
}
