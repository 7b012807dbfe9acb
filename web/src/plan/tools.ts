import { t } from '../lib/text/text.svelte.ts'
import { selection } from '../state/selection.svelte.ts'
import { shell } from '../state/shell.svelte.ts'
import { toasts } from '../state/toasts.svelte.ts'
import { asking } from './asking.svelte.ts'
import type { BayContent, BayStatus } from './bay-draft.ts'
import { intoPlan } from './into-plan.svelte.ts'
import { layOut } from './layout-state.svelte.ts'
import { plan, type Tool } from './plan-state.svelte.ts'
import { saving } from './saving.svelte.ts'

/** What the bench does on a press of a button, with the questions that have to be asked first. */

/** Takes a tool up. One that draws begins a new bay; a bay that was never stored is drawn anew instead. */
export async function chooseTool(tool: Tool): Promise<void> {
  const isLayout = tool === 'layout' || tool === 'yard'
  const isInTheWay = isLayout ? plan.bay !== null : tool !== 'select' && plan.bay?.etag != null
  if (isInTheWay && !(await putAway())) return
  plan.tool = tool
  // A phone's sheet would lie on the street that is drawn on.
  if (tool !== 'select' && !shell.isWide) shell.sheet = tool === 'layout' ? 'half' : 'peek'
}

/** A drawn shape: a new bay, or the new shape of one that was never stored. */
export function setDown(content: BayContent, key: string | null, at_ms: number): void {
  if (plan.bay?.etag === null) {
    plan.tool = 'select'
    plan.edit(content, key, at_ms)
  } else {
    plan.begin(content, key, at_ms)
    selection.select(null)
  }
}

/** Empties the bench, asking about changes that are not stored. Answers whether it is empty now. */
export async function putAway(): Promise<boolean> {
  if (!(await mayLeave())) return false
  plan.close()
  selection.select(null)
  return true
}

/** Whether unstored changes may be left behind: there are none, they are stored now, or they are given up. */
export async function mayLeave(): Promise<boolean> {
  if (!plan.isDirty) return true
  const answer = await asking.ask({
    title: t('plan.unsaved_title'),
    text: t('plan.unsaved_text'),
    answers: [
      { id: 'save', label: t('plan.save_draft'), variant: 'primary' },
      { id: 'discard', label: t('plan.discard'), variant: 'danger' },
    ],
  })
  if (answer === 'save') return saveBay()
  return answer === 'discard'
}

/** Stores the bay and says so. */
export async function saveBay(): Promise<boolean> {
  const outcome = await saving.save()
  if (outcome === 'collided') return settle()
  if (outcome === 'saved') toasts.show(t(intoPlan.id === null ? 'plan.saved' : 'plans.into_done'))
  return outcome === 'saved'
}

/** Moves the bay on to a status; what the rules forbid is approved only after asking. */
export async function moveOn(status: BayStatus): Promise<void> {
  const hard = plan.findings.filter((finding) => finding.severity === 'hard').length
  if (status === 'approved' && hard > 0) {
    const answer = await asking.ask({
      title: t('plan.approve_hard_title'),
      text: t('plan.approve_hard_text', { count: hard }),
      answers: [{ id: 'approve', label: t('plan.approve_anyway'), variant: 'danger' }],
    })
    if (answer === null) return
  }
  if (status === 'retired') {
    const answer = await asking.ask({
      title: t('plan.retire_title'),
      text: t('plan.retire_text'),
      answers: [{ id: 'retire', label: t('plan.retire'), variant: 'danger' }],
    })
    if (answer === null) return
  }
  const outcome = await saving.setStatus(status)
  if (outcome === 'collided') await settle()
  if (outcome === 'saved') toasts.show(t(`plan.done.${status}`))
}

/** Removes the bay on the bench: at once when it was never stored, else after asking. */
export async function removeBay(): Promise<void> {
  if (!plan.bay) return
  if (plan.bay.etag !== null) {
    const answer = await asking.ask({
      title: t('plan.delete_title'),
      text: t('plan.delete_text'),
      answers: [{ id: 'delete', label: t('plan.delete'), variant: 'danger' }],
    })
    if (answer === null) return
  }
  const wasStored = plan.bay?.etag != null
  layOut.remove(plan.bay.id)
  const outcome = await saving.remove()
  if (outcome === 'collided') await settle()
  if (outcome === 'saved' && wasStored) toasts.show(t('plan.deleted'))
}

/** Two people changed the same bay: shows what differs and lets the person choose. */
async function settle(): Promise<boolean> {
  const collision = saving.collision
  if (!collision) return false
  const { theirs } = collision
  const answer = await asking.ask(
    theirs
      ? {
          title: t('plan.collision_title'),
          text: t('plan.collision_text'),
          lines: saving.differences(),
          answers: [
            { id: 'theirs', label: t('plan.take_theirs'), variant: 'primary' },
            { id: 'mine', label: t('plan.keep_mine'), variant: 'danger' },
          ],
        }
      : {
          title: t('plan.gone_title'),
          text: t('plan.gone_text'),
          answers: [
            { id: 'mine', label: t('plan.save_as_new'), variant: 'primary' },
            { id: 'theirs', label: t('plan.discard'), variant: 'danger' },
          ],
        },
  )
  if (answer === 'theirs') {
    saving.takeTheirs()
    return true
  }
  if (answer !== 'mine') {
    saving.collision = null
    return false
  }
  const outcome = await saving.keepMine()
  if (outcome === 'saved') toasts.show(t('plan.saved'))
  return outcome === 'saved'
}
