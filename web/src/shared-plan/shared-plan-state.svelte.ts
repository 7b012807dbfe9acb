import { v7 as uuidv7 } from 'uuid'
import type { SharedPlan } from '../../../api/features/plans/contract.ts'
import { call } from '../lib/api.ts'
import { boxOf } from '../map/box.ts'
import { mapView } from '../map/map-view.svelte.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'

/** A plan opened by its public link. */
class SharedPlanState {
  plan = $state.raw<SharedPlan | null>(null)
  failure = $state.raw<unknown>(null)
  isAfter = $state(true)
  /** What is being said, kept until it is stored; sent again under the same id it is stored once. */
  body = $state('')
  place = $state.raw<{ lon: number; lat: number } | null>(null)
  isSending = $state(false)
  isSaid = $state(false)
  #id = uuidv7()
  readonly token = $derived(route.page === 'shared-plan' ? route.get('token') : null)

  async load(): Promise<void> {
    const { token } = this
    if (!token) return
    try {
      const isFirst = this.plan === null
      this.plan = await call('GET /api/shared_plans/:token', {
        params: { token },
        query: { community: community.getSlug() },
      })
      this.failure = null
      if (isFirst) this.show()
    } catch (error) {
      this.failure = error
    }
  }

  /** Brings all of the plan into view. */
  show(): void {
    const boxes = (this.plan?.edits ?? []).map(({ geometry }) => boxOf(geometry))
    if (boxes.length === 0) return
    mapView.showBox([
      Math.min(...boxes.map((box) => box[0])),
      Math.min(...boxes.map((box) => box[1])),
      Math.max(...boxes.map((box) => box[2])),
      Math.max(...boxes.map((box) => box[3])),
    ])
  }

  async say(): Promise<void> {
    const { token } = this
    const body = this.body.trim()
    if (!token || !body || this.isSending) return
    this.isSending = true
    try {
      await call('POST /api/shared_plans/:token/comments', {
        params: { token },
        query: { community: community.getSlug() },
        body: { id: this.#id, body, place: this.place },
      })
      this.#id = uuidv7()
      this.body = ''
      this.place = null
      this.isSaid = true
      this.failure = null
      await this.load()
    } catch (error) {
      this.failure = error
    } finally {
      this.isSending = false
    }
  }
}

export const shared = new SharedPlanState()
