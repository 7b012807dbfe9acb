import type { NewStep } from '../../../api/features/cases/contract.ts'

type Action = NewStep['action']

/** What the fields of a move say beyond its words and photos. */
export type StepDraft = Partial<
  Pick<
    NewStep,
    | 'units'
    | 'unit_id'
    | 'arrive_by'
    | 'message'
    | 'original_id'
    | 'due_on'
    | 'revisit_id'
    | 'outcome'
    | 'satisfaction'
  >
>

/** As the domain asks; the server has the last word. */
export const NEEDS_REASON: readonly Action[] = [
  'refuse',
  'recall',
  'ask_hand_over',
  'send_back',
  'hold',
  'reopen',
]

export const TAKES_PHOTOS: readonly Action[] = [
  'verify',
  'revisit',
  'put_right',
  'post_notice',
  'report_result',
  'note',
]

/** Whether a move can be sent. */
export function isComplete(action: Action, draft: StepDraft, words: string): boolean {
  if (NEEDS_REASON.includes(action) && words.trim() === '') return false
  if (action === 'dispatch') return draft.units?.some((unit) => unit.is_lead) ?? false
  if (action === 'merge') return draft.original_id !== undefined
  if (action === 'rate') return draft.satisfaction !== undefined
  return true
}
