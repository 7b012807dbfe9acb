import { v7 as uuidv7 } from 'uuid'
import type { ShopCase, ShopReply } from '../../../api/features/cases/contract.ts'
import { ApiFailure, call, putMedia } from '../lib/api.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'

export interface Photo {
  id: string
  blob: Blob
}

/** What was put right, on its way: tried again under the same ids until the server has it. */
interface Answer {
  case: ShopCase
  step_id: string
  note: string
  photos: readonly Photo[]
}

const RETRY_MS = 5000

/** The ground before one's own shop: what is to be put right there, what is being checked, what is over. */
class MerchantState {
  shops = $state.raw<ShopReply['shops'] | null>(null)
  cases = $state.raw<readonly ShopCase[]>([])
  failure = $state.raw<unknown>(null)
  /** Why the last answer was refused. */
  refusal = $state.raw<unknown>(null)
  state = $state<'idle' | 'sending' | 'waiting'>('idle')
  now = $state(Date.now())
  readonly open = $derived(this.cases.find(({ id }) => id === route.get('case')) ?? null)
  readonly todo = $derived(this.cases.filter((one) => one.may_put_right))
  readonly running = $derived(this.cases.filter((one) => !one.may_put_right && !isOver(one)))
  readonly past = $derived(this.cases.filter(isOver))
  #answer: Answer | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Reads everything anew; what is there stays where that fails. */
  async load(): Promise<void> {
    try {
      const reply = await call('GET /api/shop', { query: { community: community.getSlug() } })
      this.shops = reply.shops
      this.cases = reply.cases
      this.failure = null
    } catch (error) {
      this.failure = error
    }
  }

  /** Says that it is put right; without network that waits here and is tried again by itself. */
  async putRight(one: ShopCase, note: string, photos: readonly Photo[]): Promise<void> {
    this.#answer = { case: one, step_id: uuidv7(), note, photos }
    await this.sendNow()
  }

  async sendNow(): Promise<void> {
    const answer = this.#answer
    if (!answer || this.state === 'sending') return
    clearTimeout(this.#timer)
    this.state = 'sending'
    this.refusal = null
    try {
      await send(answer)
      this.#answer = null
      await this.load()
      this.state = 'idle'
    } catch (error) {
      if (error instanceof ApiFailure && (error.status === 0 || error.status >= 502)) {
        this.state = 'waiting'
        this.#timer = setTimeout(() => void this.sendNow(), RETRY_MS)
        return
      }
      this.#answer = null
      this.refusal = error
      await this.load()
      this.state = 'idle'
    }
  }
}

export const merchant = new MerchantState()

/** Whether nothing is to be done about a case any more. */
const isOver = ({ status }: ShopCase): boolean => status !== 'open' && status !== 'on_hold'

async function send({ case: one, step_id, note, photos }: Answer): Promise<void> {
  const query = { community: community.getSlug() }
  for (const { id, blob } of photos) await putMedia(id, blob, 'after', query)
  await call('POST /api/cases/:id/steps', {
    query,
    params: { id: one.id },
    // Sent again after a lost answer it is known by its id before this is looked at.
    ifMatch: `"${one.version}"`,
    body: {
      id: step_id,
      action: 'put_right',
      media: photos.map(({ id }) => id),
      ...(note !== '' && { note }),
    },
  })
}
