import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'

/** What a kind's members can be, in the order in which they are offered. The server's contract brings its library with it. */

export const CLASSES = ['event', 'component'] as const satisfies readonly CaseKind['class'][]
export const SUBJECTS = [
  'none',
  'vehicle',
  'merchant',
] as const satisfies readonly CaseKind['subject'][]
export const FLOWS = ['standard', 'zombie_vehicle'] as const satisfies readonly CaseKind['flow'][]
/** Softest first. */
export const OUTCOMES = [
  'persuaded',
  'tip_card',
  'needs_dispatch',
] as const satisfies readonly CaseKind['outcomes'][number][]
