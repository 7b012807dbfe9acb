import { v7 as uuidv7 } from 'uuid'
import type { PublicCase } from '../../../api/features/cases/contract.ts'
import { call, putMedia } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { rememberReport, tokenOf } from './own-reports.ts'

/** One report as the public may see it, or as its reporter may with the secret of the link. */
class Tracking {
  view = $state.raw<PublicCase | null>(null)
  failure = $state.raw<unknown>(null)
  /** The secret behind the `#` of the link: no server's log ever sees it. */
  token = $state<string | null>(null)

  readHash = (): void => {
    const secret = location.hash.slice(1)
    if (/^[\w-]{43}$/.test(secret)) this.token = secret
  }

  /** @returns nothing; `failure` says what went wrong, and a view that is there stays. */
  async load(): Promise<void> {
    const slug = community.getSlug()
    const query = { community: slug }
    const number = route.get('number')
    const token = this.token ?? (number === null ? null : tokenOf(slug, number))
    try {
      const view = token
        ? await call('GET /api/reports/mine/:token', { query, params: { token } })
        : await call('GET /api/reports/:number', { query, params: { number: number ?? '' } })
      this.view = view
      this.failure = null
      if (!token || !this.token) return
      rememberReport({ community: slug, number: view.number, token })
      this.token = null
      route.set({ number: view.number })
    } catch (error) {
      this.failure = error
    }
  }

  /** @throws ApiFailure */
  async rate(satisfaction: number, note: string): Promise<void> {
    const slug = community.getSlug()
    this.view = await call('POST /api/reports/mine/:token/steps', {
      query: { community: slug },
      params: { token: this.secret ?? '' },
      body: {
        id: uuidv7(),
        action: 'rate',
        satisfaction,
        ...(note.trim() && { note: note.trim() }),
      },
    })
  }

  /** Adds words and photos to the own report; the same `id` again is stored once. @throws ApiFailure */
  async add(
    id: string,
    note: string,
    photos: readonly { id: string; blob: Blob }[],
  ): Promise<void> {
    const query = { community: community.getSlug() }
    for (const { id: photo, blob } of photos) await putMedia(photo, blob, 'evidence', query)
    this.view = await call('POST /api/reports/mine/:token/steps', {
      query,
      params: { token: this.secret ?? '' },
      body: {
        id,
        action: 'note',
        ...(note.trim() && { note: note.trim() }),
        ...(photos.length > 0 && { media: photos.map((photo) => photo.id) }),
      },
    })
  }

  /** The secret of the report in view; null for everybody but its reporter and followers. */
  get secret(): string | null {
    return this.view ? tokenOf(community.getSlug(), this.view.number) : null
  }

  /** Leaves the report. */
  leave(): void {
    this.view = null
    this.failure = null
    this.token = null
  }

  /** The address of the report: with its secret for whoever has it. */
  link(number: string): string {
    const path = route.href('report', {
      number,
      c: community.all.length > 1 ? community.getSlug() : null,
      map: null,
      sel: null,
      layers: null,
      at: null,
    })
    const secret = this.secret
    return `${location.origin}${path}${secret ? `#${secret}` : ''}`
  }
}

export const tracking = new Tracking()
