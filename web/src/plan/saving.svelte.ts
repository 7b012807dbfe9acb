import { v4 as uuidv4 } from 'uuid'
import { ApiFailure, type Item, item, removeItem, writeItem } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { selection } from '../state/selection.svelte.ts'
import type { BayContent, BayStatus } from './bay-draft.ts'
import { intoPlan } from './into-plan.svelte.ts'
import { differenceLines } from './differences.ts'
import { plan } from './plan-state.svelte.ts'
import { surroundings } from './surroundings.svelte.ts'

/** Somebody was faster: what is stored now (null: it was removed), beside what is on the bench. */
export interface Collision {
  theirs: Item<'bays'> | null
}

type Outcome = 'saved' | 'failed' | 'collided'

/** Brings the bay on the bench to the server and back. One thing at a time; nothing is lost when it fails. */
class Saving {
  isBusy = $state(false)
  failure = $state.raw<unknown>(null)
  collision = $state.raw<Collision | null>(null)
  /** One key for each content that is sent: sending it again after a lost answer stores it once. */
  #sent: { content: BayContent; key: string } | null = null

  /** Stores the bay as it is, creating it or replacing the version that was read. */
  async save(): Promise<Outcome> {
    const { bay, content, feature } = plan
    if (!bay || !content || !feature) return 'failed'
    if (intoPlan.id !== null)
      return this.#attempt(async () => {
        const { geometry, properties } = feature
        await intoPlan.save([{ id: bay.id, etag: bay.etag, geometry, properties }])
        this.#leaveToPlan()
      })
    return this.#attempt(async () => {
      const body = {
        type: 'Feature',
        id: bay.id,
        geometry: feature.geometry,
        properties: feature.properties,
      }
      const query = { community: community.getSlug() }
      if (this.#sent?.content !== content) this.#sent = { content, key: uuidv4() }
      const stored =
        bay.etag === null
          ? await writeItem('POST', 'bays', null, { query, body, idempotencyKey: this.#sent.key })
          : await writeItem('PUT', 'bays', bay.id, { query, body, ifMatch: bay.etag })
      plan.markSaved(stored, content)
      selection.select({ collection: 'bays', id: bay.id })
    })
  }

  /** Moves the stored bay on: a draft is approved, an approved one painted, and in the end it is retired. */
  async setStatus(status: BayStatus): Promise<Outcome> {
    if (plan.isDirty) {
      const outcome = await this.save()
      if (outcome !== 'saved') return outcome
    }
    const { bay, content } = plan
    if (!bay || !content || bay.etag === null) return 'failed'
    const ifMatch = bay.etag
    return this.#attempt(async () => {
      const query = { community: community.getSlug() }
      const body = { properties: { status } }
      plan.markSaved(await writeItem('PATCH', 'bays', bay.id, { query, body, ifMatch }), content)
    })
  }

  /** Takes the bay off the bench, and off the map where it was stored. */
  async remove(): Promise<Outcome> {
    const { bay } = plan
    if (!bay) return 'failed'
    const { etag } = bay
    if (intoPlan.id !== null && (etag !== null || intoPlan.knows(bay.id)))
      return this.#attempt(async () => {
        await intoPlan.retire(bay)
        this.#leaveToPlan()
      })
    if (etag === null) {
      plan.close()
      return 'saved'
    }
    return this.#attempt(async () => {
      const query = { community: community.getSlug() }
      await removeItem('bays', bay.id, { query, ifMatch: etag })
      plan.close()
      selection.select(null)
    })
  }

  /** What differs between the bench and what is stored now, in words. */
  differences(): string[] {
    const theirs = this.collision?.theirs
    const { feature, measure } = plan
    return theirs && feature && measure
      ? differenceLines(surroundings.frame, feature.properties, measure, theirs.feature)
      : []
  }

  /** Gives up one's own changes for what somebody else stored meanwhile. */
  takeTheirs(): void {
    const theirs = this.collision?.theirs
    this.collision = null
    if (theirs) plan.open(theirs)
    else plan.close()
  }

  /** Stores one's own over what somebody else stored; as a new bay where that one is gone. */
  async keepMine(): Promise<Outcome> {
    const { bay, content } = plan
    const collision = this.collision
    if (!bay || !content || !collision) return 'failed'
    this.collision = null
    if (collision.theirs) {
      const { etag, feature } = collision.theirs
      plan.bay = { ...bay, etag, status: feature.properties.status ?? 'draft' }
    } else plan.saveAsNew()
    return this.save()
  }

  /** The plan holds it now; the bench is free for the next. */
  #leaveToPlan(): void {
    plan.close()
    selection.select(null)
    route.set({ edit: null })
  }

  async #attempt(work: () => Promise<void>): Promise<Outcome> {
    if (this.isBusy) return 'failed'
    this.isBusy = true
    this.failure = null
    try {
      await work()
      return 'saved'
    } catch (error) {
      if (error instanceof ApiFailure && COLLISIONS.has(error.code)) return await this.#collide()
      this.failure = error
      return 'failed'
    } finally {
      this.isBusy = false
    }
  }

  async #collide(): Promise<Outcome> {
    const { bay } = plan
    if (!bay) return 'failed'
    try {
      this.collision = {
        theirs: await item('bays', bay.id, { community: community.getSlug() }),
      }
    } catch (error) {
      if (error instanceof ApiFailure && (error.status === 410 || error.status === 404))
        this.collision = { theirs: null }
      else this.failure = error
    }
    return 'collided'
  }
}

export const saving = new Saving()

/** Answers that mean: what you changed is no longer what is stored. */
const COLLISIONS = new Set([
  'request/precondition-failed',
  'request/precondition-required',
  'inventory/id-taken',
  'inventory/gone',
])
