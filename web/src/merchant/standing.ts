import type { ShopCase } from '../../../api/features/cases/contract.ts'
import { formatMoment } from '../lib/text/format.ts'
import { t } from '../lib/text/text.svelte.ts'

/** Where a case stands, in a sentence for the shop before which it lies. */
export function standingOf(one: ShopCase): string {
  const { status, closed_at, put_right_at, sent_back_at } = one
  if (status === 'closed')
    return t(put_right_at ? 'merchant.closed_put_right' : 'merchant.closed', {
      at: closed_at ? formatMoment(closed_at) : '',
    })
  if (status !== 'open') return t(`cases.status_${status}`)
  if (one.may_put_right)
    return sent_back_at
      ? t('merchant.sent_back', { at: formatMoment(sent_back_at) })
      : t('merchant.asked')
  if (put_right_at && !sent_back_at)
    return t('merchant.checking', { at: formatMoment(put_right_at) })
  return t(one.step === 'collection' ? 'merchant.not_filed' : 'merchant.others_at_it')
}
