import { toDegrees } from '../../../api/domain/geometry/metric-frame.ts'
import { t } from '../lib/text/text.svelte.ts'
import { item, writeItem } from '../lib/api.ts'
import { boxOf } from '../map/box.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { selection } from '../state/selection.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'
import { asking } from './asking.svelte.ts'
import { drafts } from './drafts-state.svelte.ts'
import { featureOfDraft, type LaidDraft } from './layout-drafts.ts'
import { intoPlan } from './into-plan.svelte.ts'
import { layOut } from './layout-state.svelte.ts'
import { plan } from './plan-state.svelte.ts'
import { surroundings } from './surroundings.svelte.ts'
import { mayLeave } from './tools.ts'

/** What the buttons of laying out do. */

/** Adds a street side that was chosen by name, and brings it into view. */
export function addSide(key: string): void {
  layOut.toggleSide(key)
  const kerb = surroundings.kerbs.find((one) => one.key === key)
  if (!kerb) return
  const { frame } = surroundings
  mapView.showBox(boxOf({ coordinates: kerb.line.points.map(([x, y]) => toDegrees(frame, x, y)) }))
}

/** Begins with the street side that another page names, `segment:side`; it may lie far from what is in view. */
export async function beginWithSide(named: string): Promise<void> {
  const [segment, side] = named.split(':') as [string, string]
  layOut.setSides([`${segment}/${side}`])
  plan.tool = 'layout'
  const found = await item('street_segments', segment, { community: community.getSlug() })
  mapView.showBox(boxOf(found.feature.geometry))
}

/** Takes the chosen alternative over and puts the tool away: its bays wait in the list. */
export function acceptLayout(): void {
  const count = layOut.accept()
  if (count === 0) return
  plan.tool = 'select'
  layOut.setYard(null)
  toasts.show(t('layout.accepted', { count }))
}

/** Puts an accepted bay on the bench, to be adjusted with all its tools and stored from there. */
export async function openLaid({ id, content }: LaidDraft): Promise<void> {
  if (plan.bay?.id === id || !(await mayLeave())) return
  selection.select(null)
  plan.begin(content, null, performance.now(), id)
}

/** Stores every accepted bay as a draft, one after the other; what fails stays in the list. */
export async function saveLaid(): Promise<boolean> {
  const { frame, kerbs } = surroundings
  const query = { community: community.getSlug() }
  if (intoPlan.id !== null) {
    const bays = layOut.accepted.map((draft) => featureOfDraft(frame, draft, kerbs))
    await intoPlan.save(bays.map((bay) => ({ ...bay, etag: null })))
    for (const { id } of bays) layOut.forget(id)
    toasts.show(t('plans.into_done'))
    return true
  }
  let count = 0
  try {
    for (const draft of layOut.accepted) {
      const { id, geometry, properties } = featureOfDraft(frame, draft, kerbs)
      const body = { type: 'Feature', id, geometry, properties }
      // The same content under the same key is stored once, however often it is sent.
      await writeItem('POST', 'bays', null, { query, body, idempotencyKey: id })
      layOut.forget(id)
      count++
    }
  } finally {
    if (count > 0) {
      toasts.show(t('layout.saved', { count }))
      void drafts.load()
    }
  }
  return true
}

/** Whether accepted bays may be left behind: there are none, they are stored now, or they are given up. */
export async function mayLeaveLaid(): Promise<boolean> {
  const count = layOut.accepted.length
  if (count === 0) return true
  const answer = await asking.ask({
    title: t('layout.unsaved_title'),
    text: t('layout.unsaved_text', { count }),
    answers: [
      { id: 'save', label: t('layout.save_all'), variant: 'primary' },
      { id: 'discard', label: t('layout.discard_all'), variant: 'danger' },
    ],
  })
  if (answer === 'save') return saveLaid().catch(() => false)
  if (answer === 'discard') layOut.discard()
  return answer === 'discard'
}
