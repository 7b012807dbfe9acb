import { v7 as uuidv7 } from 'uuid'
import { latestEdit } from '../../../api/domain/planning/plan-edits.ts'
import { isPlanOpen } from '../../../api/domain/planning/plan-status.ts'
import type { NewEdit, Plan, PlanEdit } from '../../../api/features/plans/contract.ts'
import { call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { plan as bench } from './plan-state.svelte.ts'

/** A bay to be drawn into the plan; `etag` null where the inventory never had it. */
interface DrawnBay {
  id: string
  etag: string | null
  geometry: unknown
  properties: object
}

/** The plan that the board draws into instead of the inventory: named in the address by `?plan=`. */
class IntoPlan {
  plan = $state.raw<Plan | null>(null)
  failure = $state.raw<unknown>(null)
  #edits = $state.raw<PlanEdit[]>([])

  readonly id = $derived(route.page === 'plan' ? route.get('plan') : null)
  readonly editId = $derived(this.id === null ? null : route.get('edit'))
  readonly isOpen = $derived(this.plan !== null && isPlanOpen(this.plan.status))

  /** Reads the plan and its edits; called again after others drew. */
  async load(): Promise<void> {
    const { id } = this
    if (id === null) {
      this.plan = null
      this.#edits = []
      return
    }
    try {
      const at = { params: { id }, query: { community: community.getSlug() } }
      const [plan, { edits }] = await Promise.all([
        call('GET /api/plans/:id', at),
        call('GET /api/plans/:id/edits', at),
      ])
      if (this.id !== id) return
      this.plan = plan
      this.#edits = edits
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }

  /** Puts a bay of the plan on the bench. */
  openEdit(): void {
    const edit = this.#edits.find(({ id }) => id === this.editId)
    if (!edit?.geometry || edit.collection !== 'bays' || bench.bay?.id === edit.feature_id) return
    bench.open({
      feature: {
        type: 'Feature',
        id: edit.feature_id,
        geometry: edit.geometry,
        properties: { status: 'draft', ...edit.properties } as never,
      },
      etag: '',
    })
    // The inventory may not know it: nothing is to be read anew of it.
    if (bench.bay) bench.bay = { ...bench.bay, etag: null }
  }

  /** Whether the plan itself drew the bay, so that it is known to nobody else. */
  knows(id: string): boolean {
    return this.#edits.some((edit) => edit.feature_id === id && edit.undone_at === null)
  }

  /** Adds the bays to the plan, all of them or none. @throws ApiFailure */
  save(bays: readonly DrawnBay[]): Promise<void> {
    return this.#add(
      bays.map((bay) => {
        const { geometry, properties } = bay
        const known = this.#place(bay)
        const action = known.after_id === null && bay.etag === null ? 'create' : 'replace'
        return {
          ...known,
          action,
          ...(action === 'create' && { base_version: null }),
          feature: { type: 'Feature', geometry: geometry as never, properties: { ...properties } },
        }
      }),
    )
  }

  /** Gives the bay up in the plan; one that only the plan knows is taken out of it. @throws ApiFailure */
  retire(bay: { id: string; etag: string | null }): Promise<void> {
    return this.#add([{ ...this.#place(bay), action: 'retire' }])
  }

  async #add(edits: NewEdit[]): Promise<void> {
    const id = this.id!
    try {
      await call('POST /api/plans/:id/edits', {
        params: { id },
        query: { community: community.getSlug() },
        body: { edits },
      })
    } finally {
      await this.load()
    }
  }

  /** Upon what the edit is made: this plan's last edit of the bay, or the version that the bench read. */
  #place({ id, etag }: { id: string; etag: string | null }) {
    const edits = this.#edits.map((edit) => ({ ...edit, is_undone: edit.undone_at !== null }))
    const latest = latestEdit(edits, id)
    const read = Number(etag?.replace(/\D/g, '') ?? 1)
    return {
      id: uuidv7(),
      collection: 'bays' as const,
      feature_id: id,
      after_id: latest?.id ?? null,
      base_version: latest ? (latest.base_version ?? 1) : read,
    }
  }
}

export const intoPlan = new IntoPlan()
