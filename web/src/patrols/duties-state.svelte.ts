import type { DutyList, PatrolPlan } from '../../../api/features/patrols/contract.ts'
import { call } from '../lib/api.ts'
import { t, timeZone } from '../lib/text/text.svelte.ts'
import { FREQUENCIES, type Frequency } from '../parts/frequencies.ts'
import { community } from '../state/community.svelte.ts'
import { session } from '../state/session.svelte.ts'
import { patrols } from './patrols-state.svelte.ts'
import { dateOf } from './period.ts'

type Duty = DutyList['duties'][number]

/** The form that is open: beside the plan it is about, or at the grid where one is added. */
export type Editing =
  | { what: 'new'; grid_id: string }
  | { what: 'edit' | 'end' | 'cancel'; grid_id: string; plan: PatrolPlan }

/** Plans, what they ask of today, this week and this month, and who may be named in them. */
class DutiesState {
  plans = $state.raw<readonly PatrolPlan[] | null>(null)
  duties = $state.raw<readonly Duty[]>([])
  workers = $state.raw<readonly { id: string; name: string }[]>([])
  failure = $state.raw<unknown>(null)
  editing = $state.raw<Editing | null>(null)
  #asked = 0

  readonly mayEdit = $derived(session.mayDo('plan_patrols'))
  readonly today = $derived(dateOf(patrols.now, timeZone()))
  /** All grids together, by frequency; those for which nothing is planned are left out. */
  readonly totals = $derived(
    FREQUENCIES.flatMap((frequency) => {
      const own = this.duties.filter((duty) => duty.frequency === frequency)
      const sides = own.reduce((sum, duty) => sum + duty.sides, 0)
      if (sides === 0) return []
      const done = own.reduce((sum, duty) => sum + duty.sides_done, 0)
      return [{ frequency, sides, done }]
    }),
  )

  async load(): Promise<void> {
    const asked = ++this.#asked
    const query = { community: community.getSlug() }
    try {
      const [{ patrol_plans }, { duties }] = await Promise.all([
        call('GET /api/patrol_plans', { query }),
        call('GET /api/patrols/due', { query }),
      ])
      if (asked !== this.#asked) return
      this.plans = patrol_plans
      this.duties = duties
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }

  /** Who can be named in a plan; only whoever plans asks. */
  async loadWorkers(): Promise<void> {
    if (!this.mayEdit) return
    try {
      const { accounts } = await call('GET /api/accounts', {
        query: { community: community.getSlug() },
      })
      this.workers = accounts
        .filter(({ disabled_at }) => disabled_at === null)
        .filter(({ roles }) => roles.includes('inspector') || roles.includes('leader'))
        .map(({ id, display_name }) => ({ id, name: display_name }))
    } catch (error) {
      this.failure = error
    }
  }

  dutyOf(gridId: string, frequency: Frequency): Duty | undefined {
    return this.duties.find((duty) => duty.grid_id === gridId && duty.frequency === frequency)
  }

  stateOf({ first_date, last_date }: PatrolPlan): 'coming' | 'running' | 'ended' {
    if (first_date > this.today) return 'coming'
    return last_date !== null && last_date < this.today ? 'ended' : 'running'
  }

  /** 每侧 2 次 · 张三 · 2026-09-01 起. */
  lineOf({ passes, account_id, worker, first_date: from, last_date: to }: PatrolPlan): string {
    const name =
      account_id === null ? t('patrols.all_workers') : (worker ?? t('patrols.gone_worker'))
    const dates =
      to === null ? t('patrols.from_date', { from }) : t('patrols.from_to', { from, to })
    return t('patrols.plan_line', { passes, worker: name, dates })
  }

  /** The same with its grid and frequency, for whoever hears it on its own. */
  titleOf(plan: PatrolPlan): string {
    return t('patrols.plan_of', {
      grid: patrols.gridName(plan.grid_id),
      frequency: t(`patrols.frequency_${plan.frequency}`),
      line: this.lineOf(plan),
    })
  }
}

export const duties = new DutiesState()
