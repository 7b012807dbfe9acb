import { v7 as uuidv7 } from 'uuid'
import type { InboxItem, NewStep } from '../../../api/features/cases/contract.ts'
import { ApiFailure, call, putMedia } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'

export interface Photo {
  id: string
  blob: Blob
}

/** An answer on its way: tried again under the same ids until the server has it. */
interface Answer {
  order: InboxItem
  body: NewStep
  photos: readonly Photo[]
}

const RETRY_MS = 5000

/** Orders of a unit: those of its account, or the one that a secret link opens. */
class InboxState {
  items = $state.raw<readonly InboxItem[] | null>(null)
  failure = $state.raw<unknown>(null)
  /** Why the last answer was refused. */
  refusal = $state.raw<unknown>(null)
  state = $state<'idle' | 'sending' | 'waiting'>('idle')
  now = $state(Date.now())
  readonly link = $derived(route.get('link'))
  readonly open = $derived(
    this.link === null
      ? (this.items?.find(({ dispatch_id }) => dispatch_id === route.get('order')) ?? null)
      : (this.items?.[0] ?? null),
  )
  readonly fresh = $derived(this.#those((item) => !isOver(item) && !item.accepted_at))
  readonly running = $derived(this.#those((item) => !isOver(item) && item.accepted_at !== null))
  readonly done = $derived(this.#those(isOver))
  #answer: Answer | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Reads the orders anew; those that are there stay where that fails. */
  async load(): Promise<void> {
    try {
      this.items = this.link === null ? await ofAccount() : [await ofLink(this.link)]
      this.failure = null
    } catch (error) {
      this.failure = error
      if (error instanceof ApiFailure && error.status === 404) this.items = null
    }
  }

  /** Answers an order; without network it waits here and tries again by itself. True when the server has it. */
  async answer(
    order: InboxItem,
    action: NewStep['action'],
    said: Partial<NewStep> = {},
    photos: readonly Photo[] = [],
  ): Promise<boolean> {
    const media = photos.map(({ id }) => id)
    const body = { id: uuidv7(), action, ...said, ...(media.length > 0 && { media }) }
    this.#answer = { order, body, photos }
    return this.sendNow()
  }

  async sendNow(): Promise<boolean> {
    const answer = this.#answer
    if (!answer || this.state === 'sending') return false
    clearTimeout(this.#timer)
    this.state = 'sending'
    this.refusal = null
    try {
      const item = await this.#send(answer)
      this.items = (this.items ?? []).map((one) =>
        one.dispatch_id === item.dispatch_id ? item : one,
      )
      this.#answer = null
      this.state = 'idle'
      return true
    } catch (error) {
      if (error instanceof ApiFailure && (error.status === 0 || error.status >= 502)) {
        this.state = 'waiting'
        this.#timer = setTimeout(() => void this.sendNow(), RETRY_MS)
      } else {
        this.state = 'idle'
        this.#answer = null
        this.refusal = error
        void this.load()
      }
      return false
    }
  }

  async #send({ order, body, photos }: Answer): Promise<InboxItem> {
    const query = { community: community.getSlug() }
    for (const { id, blob } of photos) await putMedia(id, blob, 'after', query)
    return this.link === null
      ? call('POST /api/inbox/orders/:dispatch_id/steps', {
          query,
          params: { dispatch_id: order.dispatch_id },
          body,
        })
      : call('POST /api/inbox/:link/steps', { query, params: { link: this.link }, body })
  }

  #those(fits: (item: InboxItem) => boolean): InboxItem[] {
    return (this.items ?? []).filter(fits)
  }
}

export const inbox = new InboxState()

/** Whether nothing is to be done about an order any more. */
export const isOver = (item: InboxItem): boolean =>
  item.signed_off_at !== null ||
  item.recalled_at !== null ||
  (item.status !== 'open' && item.status !== 'on_hold')

/** The instant of the clock that runs: arriving first, then handling; null where none does. */
export function dueOf(item: InboxItem): string | null {
  if (isOver(item)) return null
  return item.arrived_at === null ? (item.arrive_by ?? item.handle_by) : item.handle_by
}

async function ofAccount(): Promise<InboxItem[]> {
  return (await call('GET /api/inbox', { query: { community: community.getSlug() } })).items
}

const ofLink = (link: string): Promise<InboxItem> =>
  call('GET /api/inbox/:link', { query: { community: community.getSlug() }, params: { link } })
