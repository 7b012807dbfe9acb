import { v7 as uuidv7 } from 'uuid'
import type { CaseView, NewStep } from '../../../api/features/cases/contract.ts'
import { ApiFailure, call, putMedia } from '../lib/api.ts'
import { shrinkPhoto } from '../lib/offline/shrink.ts'
import { t } from '../lib/text/text.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'
import { board } from './cases-state.svelte.ts'

export interface UnitLink {
  unit_id: string
  url: string
}

/** A move that is being written: sent once, however often it is tried, against the version that was looked at. */
export class Stepping {
  failure = $state.raw<unknown>(null)
  isSending = $state(false)
  /** Links of the units that were just sent: shown this once. */
  links = $state.raw<readonly UnitLink[]>([])
  #id = uuidv7()

  /** True when the case was moved. */
  async send(
    view: CaseView,
    said: Omit<NewStep, 'id'>,
    photos: readonly File[] = [],
  ): Promise<boolean> {
    this.isSending = true
    this.failure = null
    try {
      const query = { community: community.getSlug() }
      const media: string[] = []
      for (const photo of photos) {
        const id = uuidv7()
        await putMedia(id, await shrinkPhoto(photo), roleOf(said.action), query)
        media.push(id)
      }
      const { case: moved, links } = await call('POST /api/cases/:id/steps', {
        params: { id: view.id },
        query,
        ifMatch: `"${view.version}"`,
        body: { id: this.#id, ...said, ...(media.length > 0 && { media }) },
      })
      this.#id = uuidv7()
      this.links = links.map(({ unit_id, path }) => ({ unit_id, url: location.origin + path }))
      if (board.openId === moved.id) board.open = moved
      toasts.show(t('cases.moved', { number: moved.number, step: t(`cases.step_${moved.step}`) }))
      return true
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 412) {
        await board.loadOpen(view.id)
        toasts.show(t('cases.changed_meanwhile'))
      }
      this.failure = error
      return false
    } finally {
      this.isSending = false
    }
  }
}

const roleOf = (action: NewStep['action']) =>
  action === 'verify' ||
  action === 'revisit' ||
  action === 'put_right' ||
  action === 'report_result'
    ? 'after'
    : action === 'post_notice'
      ? 'notice'
      : 'evidence'
