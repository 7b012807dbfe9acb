import { v7 as uuidv7 } from 'uuid'
import { netEdits } from '../../../api/domain/planning/plan-edits.ts'
import type { PlanStatus } from '../../../api/domain/planning/plan-status.ts'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import type {
  Comment,
  Comparison,
  Plan,
  PlanChange,
  PlanEdit,
} from '../../../api/features/plans/contract.ts'
import { allItems, ApiFailure, call, writeItem } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'

export const TABS = ['edits', 'compare', 'comments', 'order'] as const

/** An edit that stands in the end, with the shape that it changes or gives up. */
export interface PlannedFeature {
  action: PlanEdit['action']
  edit: PlanEdit
  before: InventoryFeature<'bays'> | InventoryFeature<'vendor_zones'> | null
}

/** The plans of a community and the one that is open. */
class PlansState {
  list = $state.raw<Plan[] | null>(null)
  plan = $state.raw<Plan | null>(null)
  edits = $state.raw<PlanEdit[]>([])
  comments = $state.raw<Comment[]>([])
  comparison = $state.raw<Comparison | null>(null)
  failure = $state.raw<unknown>(null)
  isBusy = $state(false)
  /** Whether the map shows the plan or what is there today. */
  isAfter = $state(true)
  /** The link that was just made: its secret is shown once. */
  link = $state.raw<string | null>(null)
  #stored = $state.raw<ReadonlyMap<string, PlannedFeature['before']>>(new Map())

  readonly openId = $derived(route.page === 'plans' ? route.get('plan') : null)
  readonly tab = $derived(TABS.find((tab) => tab === route.get('tab')) ?? 'edits')
  readonly isOpenForEdits = $derived(
    this.plan?.status === 'draft' || this.plan?.status === 'review',
  )
  /** What the plan comes to, feature by feature. */
  readonly planned = $derived.by((): PlannedFeature[] =>
    netEdits(this.edits.map((edit) => ({ ...edit, is_undone: edit.undone_at !== null }))).map(
      ({ action, last }) => ({
        action,
        edit: this.edits.find(({ id }) => id === last.id)!,
        before: action === 'create' ? null : (this.#stored.get(last.feature_id) ?? null),
      }),
    ),
  )
  readonly lastInForce = $derived(this.edits.filter((edit) => edit.undone_at === null).at(-1))
  readonly lastUndone = $derived(
    this.edits
      .filter((edit) => edit.undone_at !== null)
      .sort((a, b) => (a.undone_at! < b.undone_at! ? 1 : -1))[0],
  )

  async loadList(): Promise<void> {
    await this.#attempt(async () => {
      this.list = (await call('GET /api/plans', { query: this.#query() })).plans
    })
  }

  /** Everything of the open plan anew; called again after each write by anybody. */
  async load(): Promise<void> {
    const id = this.openId
    if (id === null) {
      this.plan = null
      return
    }
    await this.#attempt(async () => {
      const at = { params: { id }, query: this.#query() }
      const [plan, { edits }, { comments }, comparison] = await Promise.all([
        call('GET /api/plans/:id', at),
        call('GET /api/plans/:id/edits', at),
        call('GET /api/plans/:id/comments', at),
        call('GET /api/plans/:id/comparison', at),
      ])
      if (this.openId !== id) return
      await this.#readStored(edits)
      this.plan = plan
      this.edits = edits
      this.comments = comments
      this.comparison = comparison
    })
  }

  /** Begins a plan and opens it. */
  async begin(name: string): Promise<void> {
    await this.#write(async () => {
      const plan = await call('POST /api/plans', {
        query: this.#query(),
        body: { id: uuidv7(), name },
      })
      await route.go('plans', { plan: plan.id })
    })
  }

  change(body: PlanChange): Promise<boolean> {
    return this.#write(() => call('PATCH /api/plans/:id', { ...this.#at(true), body }))
  }

  async move(status: PlanStatus): Promise<boolean> {
    if (status === 'published')
      return this.#write(() => call('POST /api/plans/:id/publish', { ...this.#at(true), body: {} }))
    return this.change({ status })
  }

  undo(ids: readonly string[]): Promise<boolean> {
    return this.#write(() =>
      call('POST /api/plans/:id/edits/undo', { ...this.#at(), body: { ids: [...ids] } }),
    )
  }

  redo(ids: readonly string[]): Promise<boolean> {
    return this.#write(() =>
      call('POST /api/plans/:id/edits/redo', { ...this.#at(), body: { ids: [...ids] } }),
    )
  }

  async makeLink(days: number): Promise<void> {
    await this.#write(async () => {
      const until = new Date(Date.now() + days * 86_400_000).toISOString()
      const { token } = await call('POST /api/plans/:id/comment_link', {
        ...this.#at(),
        body: { until },
      })
      this.link = `${location.origin}/shared-plan?c=${encodeURIComponent(community.getSlug())}&token=${token}`
    })
  }

  async endLink(): Promise<void> {
    this.link = null
    await this.#write(() => call('DELETE /api/plans/:id/comment_link', this.#at()))
  }

  answer(
    comment: Comment,
    body: { answer?: string | null; is_hidden?: boolean },
  ): Promise<boolean> {
    const { params, query } = this.#at()
    return this.#write(() =>
      call('PATCH /api/plans/:id/comments/:comment_id', {
        params: { ...params, comment_id: comment.id },
        query,
        ifMatch: `"${comment.version}"`,
        body,
      }),
    )
  }

  /** The bays that the plan brought and that are not painted yet. */
  readonly toPaint = $derived(
    this.planned
      .filter(({ action, edit }) => action !== 'retire' && edit.collection === 'bays')
      .flatMap(({ edit }) => {
        const stored = this.#stored.get(edit.feature_id)
        return stored?.properties.status === 'approved' ? [stored] : []
      }),
  )

  /** Marks published bays as painted, one after the other; `onDone` counts them. */
  async markPainted(onDone: (count: number) => void): Promise<void> {
    await this.#write(async () => {
      for (const [index, { id, properties }] of this.toPaint.entries()) {
        await writeItem('PATCH', 'bays', id, {
          query: this.#query(),
          ifMatch: `"${properties.version}"`,
          body: { properties: { status: 'painted' } },
        })
        onDone(index + 1)
      }
    })
  }

  async #readStored(edits: readonly PlanEdit[]): Promise<void> {
    if (edits.length === 0) return
    const query = this.#query()
    const [bays, zones] = await Promise.all([
      allItems('bays', query),
      edits.some(({ collection }) => collection === 'vendor_zones')
        ? allItems('vendor_zones', query)
        : [],
    ])
    const touched = new Set(edits.map(({ feature_id }) => feature_id))
    this.#stored = new Map(
      [...bays, ...zones].filter(({ id }) => touched.has(id)).map((it) => [it.id, it]),
    )
  }

  #query = () => ({ community: community.getSlug() })
  #at = (isVersioned = false) => ({
    params: { id: this.plan!.id },
    query: this.#query(),
    ...(isVersioned && { ifMatch: `"${this.plan!.version}"` }),
  })

  async #write(work: () => Promise<unknown>): Promise<boolean> {
    if (this.isBusy) return false
    this.isBusy = true
    this.failure = null
    try {
      await work()
      return true
    } catch (error) {
      this.failure = error
      return false
    } finally {
      this.isBusy = false
      const { failure } = this
      await Promise.all([this.load(), this.loadList()])
      // What went wrong stays to be read beside what is true now.
      if (failure) this.failure = failure
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      if (!this.isBusy) this.failure = null
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) this.plan = null
      this.failure = error
    }
  }
}

export const plans = new PlansState()
