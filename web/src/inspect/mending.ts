import type { QueueItem, Work } from '../lib/offline/queue.ts'

/** Ways to mend a record that the server did not take. Pure. */

type Step = Extract<Work, { kind: 'step' }>

/** The case that a refused record is about; null where it is about none. */
export function caseIdOf({ id, work }: QueueItem): string | null {
  if (work.kind === 'step') return work.case_id
  return work.kind === 'case' ? id : null
}

/** The same step, meant for the case as it stands now. */
export const onVersion = (work: Step, version: number): Step => ({ ...work, version })

/** The step's words and photos without its effect: nothing that was seen is lost. */
export function asNote(work: Step): Step {
  const { id, at, note, media } = work.body
  return {
    ...work,
    version: null,
    body: {
      id,
      action: 'note',
      ...(at && { at }),
      ...(note && { note }),
      ...(media && { media }),
    },
  }
}
