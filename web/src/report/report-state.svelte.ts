import type { Static } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import type { CaseKind } from '../../../api/features/case-kinds/contract.ts'
import type { NearCase, NewCase } from '../../../api/features/cases/contract.ts'
import { ApiFailure, call, putMedia } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { rememberReport } from './own-reports.ts'
import { reportDatabase, type ReportForm, type ReportPhoto } from './report-database.ts'
import { findSurroundings, type Surroundings } from './surroundings.ts'

type Near = Static<typeof NearCase>
type Missing = 'kind' | 'place' | 'photo' | 'description'

export const MOST_PHOTOS = 6
const RETRY_MS = 10_000

/** One report on its way from the phone to the community. */
class ReportState {
  kinds = $state.raw<readonly CaseKind[]>([])
  form = $state<ReportForm>(emptyForm())
  photos = $state.raw<readonly ReportPhoto[]>([])
  surroundings = $state.raw<Surroundings | null>(null)
  near = $state.raw<readonly Near[]>([])
  isOther = $state(false)
  state = $state<'writing' | 'sending' | 'waiting'>('writing')
  failure = $state.raw<unknown>(null)
  readonly kind = $derived(this.kinds.find(({ id }) => id === this.form.kind_id) ?? null)
  readonly missing = $derived(this.#missing())
  #asking = new AbortController()
  #community = ''
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Reads what can be reported, and the report that was not sent last time. @throws ApiFailure without a list. */
  async load(): Promise<void> {
    const slug = community.getSlug()
    if (this.#community !== slug) {
      this.#clear()
      this.#community = slug
      const draft = await reportDatabase.drafts.get(slug).catch(() => undefined)
      if (draft && this.#community === slug) {
        this.form = draft.form
        this.photos = draft.photos
        if (draft.form.found_at) void this.send()
      }
    }
    const { case_kinds } = await call('GET /api/case_kinds', { query: { community: slug } })
    const parents = new Set(case_kinds.map(({ parent_id }) => parent_id))
    this.kinds = case_kinds.filter(
      ({ id, is_active, is_open_to_public }) => is_active && is_open_to_public && !parents.has(id),
    )
    if (this.form.at) void this.#lookAround()
  }

  placeAt(lon: number, lat: number, accuracy_m: number | null): void {
    this.form.at = { lon, lat, accuracy_m }
    void this.#lookAround()
  }

  choose(kindId: string): void {
    this.form.kind_id = kindId
    void this.#lookAround()
  }

  keepPhotos(photos: readonly ReportPhoto[]): void {
    this.photos = photos
    void this.keep()
  }

  /** Writes the draft down; a phone that has no room for it still sends it. */
  async keep(): Promise<void> {
    const form = $state.snapshot(this.form)
    await reportDatabase.drafts
      .put({ community: this.#community, form, photos: [...this.photos] })
      .catch(() => undefined)
  }

  /** Sends photos, then the report. Without network it waits here and tries again by itself. */
  async send(): Promise<void> {
    clearTimeout(this.#timer)
    if (this.state === 'sending') return
    this.form.found_at ??= new Date().toISOString()
    this.state = 'sending'
    this.failure = null
    const slug = this.#community
    const query = { community: slug }
    try {
      await this.keep()
      for (const { id, blob } of this.photos) await putMedia(id, blob, 'evidence', query)
      const receipt = await call('POST /api/cases', { query, body: this.#body() })
      const token = receipt.follow_token
      if (token) rememberReport({ community: slug, number: receipt.number, token })
      await this.reset()
      await route.go('report', { number: receipt.number, sent: '1' })
    } catch (error) {
      if (error instanceof ApiFailure && isPassing(error)) {
        this.state = 'waiting'
        const wait = error.retryAfter === null ? RETRY_MS : error.retryAfter * 1000
        this.#timer = setTimeout(() => void this.send(), wait)
      } else {
        this.state = 'writing'
        this.failure = error
      }
    }
  }

  /** Follows a case that is there already; what was written here is given up. */
  async follow(number: string): Promise<void> {
    const slug = this.#community
    const { email } = this.form
    const reply = await call('POST /api/reports/:number/follow', {
      query: { community: slug },
      params: { number },
      body: email ? { email } : {},
    })
    rememberReport({ community: slug, number, token: reply.follow_token })
    await this.reset()
    await route.go('report', { number, followed: '1' })
  }

  /** Begins anew. */
  async reset(): Promise<void> {
    this.#clear()
    await reportDatabase.drafts.delete(this.#community).catch(() => undefined)
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.form = emptyForm()
    this.photos = []
    this.near = []
    this.surroundings = null
    this.isOther = false
    this.failure = null
    this.state = 'writing'
  }

  #missing(): Missing[] {
    const { required } = this.kind ?? {}
    const photos = Math.max(required?.photos ?? 0, required?.photos_before ?? 0)
    const isWordless = this.form.description.trim() === ''
    return [
      ...(this.photos.length < photos ? ['photo' as const] : []),
      ...(this.form.at ? [] : ['place' as const]),
      ...(this.kind ? [] : ['kind' as const]),
      ...(required?.fields?.includes('description') && isWordless ? ['description' as const] : []),
    ]
  }

  #body(): NewCase {
    const { id, kind_id, at, description, email, found_at } = this.form
    const contact = {
      ...(email.trim() && { email: email.trim() }),
    }
    return {
      id,
      kind_id: kind_id!,
      lon: at!.lon,
      lat: at!.lat,
      ...(at!.accuracy_m !== null && { accuracy_m: at!.accuracy_m }),
      found_at: found_at!,
      ...(description.trim() && { description: description.trim() }),
      ...(Object.keys(contact).length > 0 && { contact }),
      media: this.photos.map((photo) => photo.id),
    }
  }

  /** What stands here, and whether somebody reported it before. Neither holds up the report. */
  async #lookAround(): Promise<void> {
    void this.keep()
    this.#asking.abort()
    this.#asking = new AbortController()
    const { signal } = this.#asking
    const { at, kind_id } = this.form
    this.near = []
    this.isOther = false
    if (!at) return
    const query = { community: this.#community, lon: at.lon, lat: at.lat }
    const [around, near] = await Promise.all([
      findSurroundings(this.#community, at.lon, at.lat, signal).catch(() => null),
      kind_id === null
        ? null
        : call('GET /api/cases/near', { query: { ...query, kind_id }, signal }).catch(() => null),
    ])
    if (signal.aborted) return
    this.surroundings = around
    this.near = near?.near ?? []
  }
}

export const report = new ReportState()

function emptyForm(): ReportForm {
  return {
    id: uuidv7(),
    kind_id: null,
    at: null,
    description: '',
    email: '',
    found_at: null,
  }
}

/** Whether the same may well be taken in a while. */
const isPassing = ({ status, code }: ApiFailure) =>
  status === 0 ||
  status === 408 ||
  status === 429 ||
  status >= 502 ||
  code === 'request/in-progress'
