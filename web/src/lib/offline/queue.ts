import type { NewCase, NewStep } from '../../../../api/features/cases/contract.ts'
import type { ObservationItem } from '../../../../api/features/observations/contract.ts'
import type { NewPass, NewPatrol } from '../../../../api/features/patrols/contract.ts'

/** The outbox as plain data: what waits to be sent, in which order, and what an answer means for it. Pure. */

/** What is to be sent. Every record carries an id made on the phone, so that sending it twice stores it once. */
export type Work =
  | { kind: 'patrol'; body: NewPatrol }
  /** The photo itself lies beside, under the same id. */
  | { kind: 'media'; role: 'evidence' | 'after' }
  | { kind: 'case'; body: NewCase }
  | { kind: 'step'; case_id: string; number: string; version: number | null; body: NewStep }
  | { kind: 'pass'; body: NewPass }
  | { kind: 'observation'; body: ObservationItem }
  /** The track is read when it is sent. */
  | { kind: 'patrol_end'; patrol_id: string; ended_at: string }

/** Patrol before photos before cases before what refers to them; a patrol ends when all of it has arrived. */
const RANK: Readonly<Record<Work['kind'], number>> = {
  patrol: 0,
  media: 1,
  case: 2,
  step: 3,
  pass: 3,
  observation: 3,
  patrol_end: 4,
}

export interface Refusal {
  status: number
  code: string
  detail: string
  errors: { path: string; message: string }[]
}

export interface QueueItem {
  id: string
  /** Nobody else may send it. */
  account_id: string
  account_name: string
  /** Slug. */
  community: string
  /** Position in which it was put in. */
  order: number
  made_at: number
  work: Work
  /** Ids of items that must have been sent before. */
  needs: readonly string[]
  /** Words to know it by: the kind's id or a place's name. Never a plate. */
  label: { kind_id?: string; place?: string }
  state: 'waiting' | 'needs_you'
  attempts: number
  /** Not before this instant (epoch milliseconds). */
  next_at: number
  refusal: Refusal | null
}

/** The next item to send, null where nothing may be sent now. `items` are those of one account. */
export function nextToSend(items: readonly QueueItem[], now: number): QueueItem | null {
  const ready = sendable(items).filter(({ next_at }) => next_at <= now)
  return ready.sort(inOrder)[0] ?? null
}

/** The instant at which something becomes ready by itself; null where nothing does. */
export function nextInstant(items: readonly QueueItem[]): number | null {
  const times = sendable(items).map(({ next_at }) => next_at)
  return times.length > 0 ? Math.min(...times) : null
}

/** What waits for nothing but its time. */
function sendable(items: readonly QueueItem[]): QueueItem[] {
  const there = new Set(items.map(({ id }) => id))
  return items.filter(
    ({ state, needs }) => state === 'waiting' && !needs.some((id) => there.has(id)),
  )
}

/** The order in which items are sent, and listed. */
export function inOrder(a: QueueItem, b: QueueItem): number {
  return RANK[a.work.kind] - RANK[b.work.kind] || a.order - b.order
}

/** What to do with an item that was not taken. */
export type Verdict =
  /** Try again at `at`; with `stops` nothing else is sent before that either. */
  | { do: 'later'; at: number; stops: boolean }
  /** The session has ended: everything waits until the person has signed in again. */
  | { do: 'sign_in' }
  /** Sending it again will not help: a person must look at it. */
  | { do: 'ask' }

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 5 * 60_000

/** @param chance 0 to 1: spreads a crowd of phones that all come out of the same dead spot. */
export function verdictOn(
  failure: { status: number; code: string; retryAfter: number | null },
  attempts: number,
  now: number,
  chance: number,
): Verdict {
  const { status, code, retryAfter } = failure
  if (status === 401) return { do: 'sign_in' }
  const isPassing =
    status === 0 ||
    status === 408 ||
    status === 425 ||
    status === 429 ||
    status >= 500 ||
    code === 'request/in-progress'
  if (!isPassing) return { do: 'ask' }
  const grown = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempts, 20))
  const wait = retryAfter === null ? grown * (0.5 + chance / 2) : retryAfter * 1000 + chance * 1000
  // One record that the server stumbles over must not hold up the others.
  return { do: 'later', at: now + wait, stops: status !== 500 && status !== 409 }
}

/** The items without one that is given up, and without what cannot be without it. */
export function withoutItem(
  items: readonly QueueItem[],
  id: string,
): { kept: QueueItem[]; removed: QueueItem[] } {
  const removed = new Set([id])
  for (let grew = true; grew;) {
    grew = false
    for (const item of items)
      if (!removed.has(item.id) && removed.has(mainNeed(item) ?? '')) {
        removed.add(item.id)
        grew = true
      }
  }
  return {
    kept: items.filter((item) => !removed.has(item.id)).map((item) => withoutNeed(item, removed)),
    removed: items.filter((item) => removed.has(item.id)),
  }
}

/** The item without which this one means nothing; photos and a pass's patrol can be missed. */
function mainNeed({ work }: QueueItem): string | null {
  if (work.kind === 'step') return work.case_id
  return work.kind === 'patrol_end' ? work.patrol_id : null
}

function withoutNeed(item: QueueItem, removed: ReadonlySet<string>): QueueItem {
  if (!item.needs.some((id) => removed.has(id))) return item
  const needs = item.needs.filter((id) => !removed.has(id))
  const { work } = item
  if ((work.kind === 'case' || work.kind === 'step') && work.body.media) {
    const media = work.body.media.filter((id) => !removed.has(id))
    return { ...item, needs, work: { ...work, body: { ...work.body, media } } as Work }
  }
  if (work.kind === 'pass' && work.body.patrol_id && removed.has(work.body.patrol_id))
    return { ...item, needs, work: { ...work, body: { ...work.body, patrol_id: null } } }
  return { ...item, needs }
}
