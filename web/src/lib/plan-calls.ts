import type { Static } from 'typebox'
import type {
  Comment,
  CommentChange,
  CommentLinkBody,
  CommentLinkReply,
  CommentList,
  Comparison,
  EditIds,
  EditList,
  NewComment,
  NewEdits,
  NewPlan,
  Plan,
  PlanChange,
  PlanList,
  PublishBody,
  PublishReply,
  SharedPlan,
} from '../../../api/features/plans/contract.ts'

/** The calls of plans, and of their public links; see `api.ts`. */
export interface PlanCalls {
  'GET /api/plans': { reply: Static<typeof PlanList> }
  'POST /api/plans': { reply: Plan; body: NewPlan }
  'GET /api/plans/:id': { reply: Plan }
  'PATCH /api/plans/:id': { reply: Plan; body: PlanChange }
  'GET /api/plans/:id/comparison': { reply: Comparison }
  'POST /api/plans/:id/publish': {
    reply: Static<typeof PublishReply>
    body: Static<typeof PublishBody>
  }
  'GET /api/plans/:id/edits': { reply: Static<typeof EditList> }
  'POST /api/plans/:id/edits': { reply: Static<typeof EditList>; body: Static<typeof NewEdits> }
  'POST /api/plans/:id/edits/undo': { reply: Static<typeof EditList>; body: Static<typeof EditIds> }
  'POST /api/plans/:id/edits/redo': { reply: Static<typeof EditList>; body: Static<typeof EditIds> }
  'POST /api/plans/:id/comment_link': {
    reply: Static<typeof CommentLinkReply>
    body: Static<typeof CommentLinkBody>
  }
  'DELETE /api/plans/:id/comment_link': { reply: undefined }
  'GET /api/plans/:id/comments': { reply: Static<typeof CommentList> }
  'POST /api/plans/:id/comments': { reply: Comment; body: NewComment }
  'PATCH /api/plans/:id/comments/:comment_id': {
    reply: Comment
    body: Static<typeof CommentChange>
  }
  'GET /api/shared_plans/:token': { reply: SharedPlan }
  'POST /api/shared_plans/:token/comments': { reply: Comment; body: NewComment }
}
