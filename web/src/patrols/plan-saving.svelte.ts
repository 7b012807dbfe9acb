import type { PatrolPlan } from '../../../api/features/patrols/contract.ts'
import { v7 as uuidv7 } from 'uuid'
import { ApiFailure, call } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { duties } from './duties-state.svelte.ts'
import { changesOf, type PlanDraft } from './plan-draft.ts'

const STALE = 'request/precondition-failed'

/** Sends one form. A plan that somebody else changed meanwhile is not overwritten: `conflict` shows what it says now. */
export class PlanSaving {
  isSending = $state(false)
  failure = $state.raw<unknown>(null)
  /** The plan as it is now, null in it where it is gone; null while nobody came between. */
  conflict = $state.raw<{ now: PatrolPlan | null } | null>(null)
  /** Sent again after a lost answer, the same plan is not added twice. */
  readonly #id = uuidv7()
  readonly #plan: PatrolPlan | null
  #version: number

  /** For a new plan, or for a change of one as it was read. */
  constructor(plan: PatrolPlan | null) {
    this.#plan = plan
    this.#version = plan?.version ?? 0
  }

  /** Whether it is stored now as the draft says. */
  save(draft: PlanDraft): Promise<boolean> {
    const plan = this.#plan
    if (!plan) return this.#send(() => this.#add(draft))
    const body = changesOf(draft, plan)
    if (Object.keys(body).length === 0) return Promise.resolve(true)
    return this.#send(() =>
      call('PATCH /api/patrol_plans/:id', { ...this.#at(plan), body }).then(() => undefined),
    )
  }

  /** Takes a plan away that never began. */
  remove(): Promise<boolean> {
    return this.#send(() => call('DELETE /api/patrol_plans/:id', this.#at(this.#plan!)))
  }

  /** The change is meant for the plan as it is now. */
  insist(): void {
    this.#version = this.conflict?.now?.version ?? this.#version
    this.conflict = null
  }

  #at = (plan: PatrolPlan) => ({
    params: { id: plan.id },
    query: { community: community.getSlug() },
    ifMatch: `"${this.#version}"`,
  })

  async #add(draft: PlanDraft): Promise<void> {
    try {
      const query = { community: community.getSlug() }
      await call('POST /api/patrol_plans', { query, body: { id: this.#id, ...draft } })
    } catch (error) {
      if (!(error instanceof ApiFailure && error.code === 'patrols/id-taken')) throw error
    }
  }

  async #send(work: () => Promise<unknown>): Promise<boolean> {
    this.isSending = true
    this.failure = null
    try {
      await work()
      await duties.load()
      return true
    } catch (error) {
      const code = error instanceof ApiFailure ? error.code : ''
      if (this.#plan && (code === STALE || code === 'patrols/not-found')) {
        await duties.load()
        this.conflict = { now: duties.plans?.find(({ id }) => id === this.#plan!.id) ?? null }
      } else this.failure = error
      return false
    } finally {
      this.isSending = false
    }
  }
}
