import type { Geometry } from 'geojson'
import type { Static } from 'typebox'
import type {
  CommunityHead as CommunityHeadShape,
  CommunitySummary as CommunitySummaryShape,
} from '../../../api/features/summary/contract.ts'
import { call } from '../lib/api.ts'
import { setTimeZone } from '../lib/text/text.svelte.ts'
import { route } from './route.svelte.ts'

type CommunityHead = Static<typeof CommunityHeadShape>
type CommunitySummary = Static<typeof CommunitySummaryShape>

/** The communities of this server and the one that is open. */
class CommunityState {
  all = $state.raw<CommunityHead[]>([])
  /** Null until the list has come, and where the server has none yet. */
  current = $state.raw<CommunityHead | null>(null)
  summary = $state.raw<CommunitySummary | null>(null)
  /** The community's area; null where it has none or while it is not here yet. */
  boundary = $state.raw<Geometry | null>(null)
  failure = $state.raw<unknown>(null)
  isLoaded = $state(false)
  /** The box (west, south, east, north) that shows the community; null until it is known or where it is empty. */
  readonly home = $derived(
    this.summary ? this.summary.main_bbox : this.failure ? (this.current?.bbox ?? null) : null,
  )
  /** Whether a map can open at the right place: `home` was asked for. */
  readonly isPlaced = $derived(this.summary !== null || this.failure !== null)

  /** The open community's slug. @throws before `load` has found one. */
  getSlug(): string {
    if (!this.current) throw new Error('no community is open')
    return this.current.slug
  }

  /** Reads the list and opens the one that the address names, else `preferred`, else the first. */
  async load(preferred: string | null): Promise<void> {
    this.failure = null
    try {
      this.all = (await call('GET /api/communities')).communities
      const named = route.get('c') ?? preferred
      this.#open(this.all.find((community) => community.slug === named) ?? this.all[0] ?? null)
      this.isLoaded = true
      await this.#loadFigures()
    } catch (error) {
      this.failure = error
    }
  }

  /** Opens another community; place and selection of the last one are left behind. */
  async choose(slug: string): Promise<void> {
    const next = this.all.find((community) => community.slug === slug)
    if (!next || next === this.current) return
    route.set({ c: slug, sel: null, map: null, at: null })
    this.summary = null
    this.boundary = null
    this.failure = null
    this.#open(next)
    await this.#loadFigures().catch((error: unknown) => (this.failure = error))
  }

  async #loadFigures(): Promise<void> {
    await Promise.all([this.#loadSummary(), this.#loadBoundary()])
  }

  async #loadBoundary(): Promise<void> {
    const community = this.current
    if (!community) return
    const params = { community: community.slug }
    const { geometry } = await call('GET /api/communities/:community/boundary', { params })
    if (this.current === community) this.boundary = geometry as Geometry | null
  }

  async #loadSummary(): Promise<void> {
    const community = this.current
    if (!community) return
    const params = { community: community.slug }
    const summary = await call('GET /api/communities/:community/summary', { params })
    if (this.current === community) this.summary = summary
  }

  /** Reads the figures anew after a change; the old ones stay where that fails. */
  async refreshSummary(): Promise<void> {
    await this.#loadSummary().catch(() => undefined)
  }

  #open(community: CommunityHead | null): void {
    this.current = community
    if (community) setTimeZone(community.time_zone)
  }
}

export const community = new CommunityState()
