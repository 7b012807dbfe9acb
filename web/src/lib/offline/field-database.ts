import Dexie, { type EntityTable, type Table } from 'dexie'
import type { CaseKind } from '../../../../api/features/case-kinds/contract.ts'
import type { FieldPackage } from '../../../../api/features/patrols/contract.ts'
import type { LogForm } from './log-form.ts'
import type { QueueItem } from './queue.ts'

/** All that the phone keeps, in the browser's own database. Everything is bound to the account that made it. */

/** A shrunk photo that is not sent yet. */
export interface KeptPhoto {
  id: string
  account_id: string
  blob: Blob
}

/** A record that somebody is writing down right now. */
interface Draft {
  /** Account and community. */
  key: string
  form: LogForm
}

/** What a day's work needs to know, as last fetched. */
export interface KeptPackage {
  key: string
  package: FieldPackage | null
  kinds: CaseKind[]
  /** When the package came; null without one. */
  saved_at: number | null
}

/** A patrol of this phone; its points lie in `track`. */
export interface KeptPatrol {
  id: string
  account_id: string
  community: string
  grid_id: string | null
  started_at: number
  /** Null while it runs. */
  ended_at: number | null
  /** Sides ticked by hand, as `segment/side`. */
  ticked: string[]
  /** Cases logged on it. */
  cases: number
}

export interface TrackRow {
  patrol_id: string
  /** Epoch milliseconds. */
  at: number
  lon: number
  lat: number
  accuracy_m: number
}

/** What arrived: enough to find it again, nothing of any person. */
export interface SentRow {
  order: number
  id: string
  account_id: string
  kind: QueueItem['work']['kind']
  label: QueueItem['label']
  /** The case's number. */
  number: string | null
  sent_at: number
}

class FieldDatabase extends Dexie {
  outbox!: EntityTable<QueueItem, 'order'>
  photos!: Table<KeptPhoto, string>
  drafts!: Table<Draft, string>
  packages!: Table<KeptPackage, string>
  patrols!: Table<KeptPatrol, string>
  track!: Table<TrackRow, [string, number]>
  sent!: EntityTable<SentRow, 'order'>

  constructor() {
    super('jiexu-field')
    this.version(1).stores({
      outbox: '++order, &id, account_id',
      photos: 'id, account_id',
      drafts: 'key',
      packages: 'key',
      patrols: 'id, account_id',
      track: '[patrol_id+at], patrol_id',
      sent: '++order, account_id, sent_at',
    })
  }
}

export const database = new FieldDatabase()

/** Whether something failed because the phone has no room left. */
export function isQuotaFailure(error: unknown): boolean {
  const names = [error, (error as { inner?: unknown } | null)?.inner].map(
    (one) => (one as { name?: string } | null)?.name,
  )
  return names.includes('QuotaExceededError')
}
