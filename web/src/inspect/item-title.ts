import { ApiFailure } from '../lib/api.ts'
import { fieldPackage } from '../lib/offline/field-package.svelte.ts'
import type { QueueItem, Refusal } from '../lib/offline/queue.ts'
import { failureText } from '../lib/text/failure-text.ts'
import { nameOf, t } from '../lib/text/text.svelte.ts'

/** What a record of the queue is, in words. No plate and no person stands in it. */
export function itemTitle(kind: QueueItem['work']['kind'], label: QueueItem['label']): string {
  const what = t(`inspect.item_${kind}`)
  const of = label.kind_id ? nameOf(fieldPackage.kindOf.get(label.kind_id) ?? {}) : label.place
  return of ? t('inspect.item_of', { what, of }) : what
}

/** Why the server did not take it. */
export function refusalText({ status, code, detail, errors }: Refusal): string {
  return failureText(new ApiFailure(status, code, { detail, errors }, null))
}
