import { liveQuery } from 'dexie'
import { v7 as uuidv7 } from 'uuid'
import { community } from '../../state/community.svelte.ts'
import { fieldWork } from '../../state/field-work.svelte.ts'
import { live } from '../../state/live.svelte.ts'
import { session } from '../../state/session.svelte.ts'
import { ApiFailure, call } from '../api.ts'
import { database, type SentRow } from './field-database.ts'
import {
  inOrder,
  nextInstant,
  nextToSend,
  type QueueItem,
  type Refusal,
  verdictOn,
  withoutItem,
  type Work,
} from './queue.ts'
import { ItemRefused, sendItem } from './send-item.ts'

/** Only one tab of the browser sends at a time. */
const LOCK = 'jiexu-outbox'
/** How long the phone remembers what it has sent. */
const SENT_KEPT_MS = 3 * 86_400_000

/** What is put in: the id of the record, what to send, and what must be sent before it. */
export interface NewItem {
  id: string
  work: Work
  needs?: readonly string[]
  label?: QueueItem['label']
}

type SendingState = 'idle' | 'sending' | 'waiting' | 'signed_out'

/** Everything that is not sent yet. It outlives the page; it is sent in order, each record exactly once. */
class Outbox {
  /** Of everybody who used this phone. */
  all = $state.raw<readonly QueueItem[]>([])
  sent = $state.raw<readonly SentRow[]>([])
  state = $state<SendingState>('idle')
  /** The instant of the next attempt while `waiting`. */
  retryAt = $state<number | null>(null)
  readonly mine = $derived(
    this.all.filter((item) => item.account_id === session.account?.account_id).sort(inOrder),
  )
  readonly others = $derived(
    this.all.filter((item) => item.account_id !== session.account?.account_id),
  )
  #timer: ReturnType<typeof setTimeout> | undefined
  #isStarted = false
  /** Nothing is sent before this instant. */
  #notBefore = 0
  #failures = 0

  /** Begins to watch the queue and to send; once for the page's life. */
  start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    liveQuery(() => database.outbox.toArray()).subscribe((items) => {
      this.all = items
      this.#tellShell()
    })
    liveQuery(() => database.sent.reverse().toArray()).subscribe((rows) => (this.sent = rows))
    window.addEventListener('online', () => this.sendNow())
    // The event stream notices that the server is back before the phone does.
    live.onChange(['cases'], (change) => change === null && this.sendNow())
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.sendNow()
    })
    void database.sent
      .where('sent_at')
      .below(Date.now() - SENT_KEPT_MS)
      .delete()
    this.sendNow()
  }

  /** Puts items in, all or none, and tries to send. @throws for a phone without room. */
  async add(items: readonly NewItem[], also?: () => Promise<unknown>): Promise<void> {
    const { account } = session
    if (!account) throw new Error('nobody is signed in')
    const slug = community.getSlug()
    await database.transaction('rw', database.tables, async () => {
      for (const { id, work, needs = [], label = {} } of items) {
        // A record that is mended takes the place of what was refused.
        await database.outbox.where('id').equals(id).delete()
        await database.outbox.add({
          id,
          account_id: account.account_id,
          account_name: account.display_name,
          community: slug,
          made_at: Date.now(),
          work,
          needs,
          label,
          state: 'waiting',
          attempts: 0,
          next_at: 0,
          refusal: null,
        })
      }
      await also?.()
    })
    this.sendNow()
  }

  /** Gives an item up, with what means nothing without it. */
  async discard(id: string): Promise<void> {
    await database.transaction('rw', database.outbox, database.photos, async () => {
      const items = await database.outbox.toArray()
      const { kept, removed } = withoutItem(items, id)
      await database.outbox.bulkDelete(removed.map(({ order }) => order))
      await database.photos.bulkDelete(removed.map((item) => item.id))
      await database.outbox.bulkPut(kept)
    })
  }

  /** Sends a refused item again, changed or as it was. */
  async retry(id: string, work?: Work): Promise<void> {
    const again = { state: 'waiting' as const, attempts: 0, next_at: 0, refusal: null }
    await database.outbox
      .where('id')
      .equals(id)
      .modify({ ...again, ...(work && { work }) })
    this.sendNow()
  }

  /** Sends a report under a new id: the server has another one under the old. */
  async sendAnew(item: QueueItem): Promise<void> {
    if (item.work.kind !== 'case') return
    const id = uuidv7()
    const work = { ...item.work, body: { ...item.work.body, id } }
    const again = { state: 'waiting' as const, attempts: 0, next_at: 0, refusal: null }
    await database.outbox.update(item.order, { id, work, ...again })
    this.sendNow()
  }

  /** Tries at once, whatever the waiting time was. */
  sendNow(): void {
    this.#notBefore = 0
    this.#failures = 0
    void this.#run()
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer)
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) return
      const accountId = await this.#whoMaySend()
      if (accountId === null) return
      while (await this.#sendNext(accountId));
    })
    await this.#plan()
  }

  /** The account whose session it is, asked of the server: the phone may have changed hands. */
  async #whoMaySend(): Promise<string | null> {
    const known = session.account?.account_id
    if (known === undefined || !(await hasWaiting(known))) return null
    try {
      const { account } = await call('GET /api/session', { isFresh: true })
      this.state = account?.account_id === known ? 'sending' : 'signed_out'
      return this.state === 'sending' ? known : null
    } catch (error) {
      this.#pause(error)
      return null
    }
  }

  /** Sends one item; false where there is nothing more to send now. */
  async #sendNext(accountId: string): Promise<boolean> {
    if (Date.now() < this.#notBefore || session.account?.account_id !== accountId) return false
    const items = await database.outbox.where('account_id').equals(accountId).toArray()
    const item = nextToSend(items, Date.now())
    if (!item) return false
    try {
      const { number } = await sendItem(item)
      this.#failures = 0
      await this.#finish(item, number)
    } catch (error) {
      await this.#settle(item, error)
    }
    return this.state === 'sending'
  }

  async #finish(item: QueueItem, number: string | null): Promise<void> {
    const { id, account_id, work, label } = item
    await database.transaction('rw', database.tables, async () => {
      await database.outbox.delete(item.order)
      await database.photos.delete(id)
      if (work.kind === 'patrol_end')
        await database.track.where('patrol_id').equals(work.patrol_id).delete()
      if (work.kind !== 'media')
        await database.sent.add({
          id,
          account_id,
          kind: work.kind,
          label,
          number,
          sent_at: Date.now(),
        })
    })
  }

  async #settle(item: QueueItem, error: unknown): Promise<void> {
    const failure =
      error instanceof ApiFailure ? error : { status: 422, code: 'refused', retryAfter: null }
    const verdict = verdictOn(failure, item.attempts, Date.now(), Math.random())
    if (verdict.do === 'sign_in') this.state = 'signed_out'
    else if (verdict.do === 'ask') {
      const refusal = refusalOf(error)
      await database.outbox.update(item.order, { state: 'needs_you', refusal })
    } else if (verdict.stops) this.#pause(error)
    else {
      const attempts = item.attempts + 1
      await database.outbox.update(item.order, { attempts, next_at: verdict.at })
    }
  }

  /** Nothing is sent for a while, longer each time. */
  #pause(error: unknown): void {
    const failure =
      error instanceof ApiFailure ? error : { status: 0, code: 'offline', retryAfter: null }
    const verdict = verdictOn(failure, this.#failures++, Date.now(), Math.random())
    this.#notBefore = verdict.do === 'later' ? verdict.at : Date.now() + 60_000
    this.state = 'waiting'
  }

  /** Comes back when something may be sent. */
  async #plan(): Promise<void> {
    const accountId = session.account?.account_id
    if (accountId === undefined || this.state === 'signed_out') return
    const items = await database.outbox.where('account_id').equals(accountId).toArray()
    const next = nextInstant(items)
    if (next === null) this.state = 'idle'
    this.retryAt = next === null ? null : Math.max(next, this.#notBefore)
    if (this.retryAt === null) return
    this.state = 'waiting'
    this.#timer = setTimeout(() => void this.#run(), Math.max(1000, this.retryAt - Date.now()))
  }

  #tellShell(): void {
    fieldWork.waiting = this.mine.filter(({ state }) => state === 'waiting').length
    fieldWork.needsYou = this.mine.filter(({ state }) => state === 'needs_you').length
  }
}

export const outbox = new Outbox()

async function hasWaiting(accountId: string): Promise<boolean> {
  return (await database.outbox.where('account_id').equals(accountId).count()) > 0
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof ApiFailure) {
    const { status, code, detail, errors } = error
    return { status, code, detail, errors }
  }
  const detail = error instanceof ItemRefused ? error.message : String(error)
  return { status: 422, code: 'refused', detail, errors: [] }
}
