import type { Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import type { CaseRole, CaseState } from '../../domain/case-flow.ts'
import type { Community } from '../../http/community.ts'
import type { KindRules, Order } from './case-state.ts'
import type { NewStep } from './contract.ts'
import type { StoredCase } from './store.ts'

export interface Moving {
  trx: Transaction<Database>
  community: Community
  /** Who moves it; a unit with its id, a link's holder without an account. */
  actor: { account_id: string | null; role: CaseRole; unit_id: string | null }
  request_id: string
  /** Of the units' links. */
  link_key: string
  /** The service's clock, epoch milliseconds. */
  now: number
}

/** A move as it is carried out: the case before and after, what its kind says and who has it. */
export interface Step {
  said: NewStep
  stored: StoredCase
  kind: KindRules
  orders: readonly Order[]
  before: CaseState
  after: CaseState
}

export interface Moved {
  case_id: string
  /** Secret links of units that were sent, shown this once. */
  links: { unit_id: string; path: string }[]
}

/** What a move brings with it. */
export interface Consequences {
  /** Columns of the case that change beside its step and status. */
  columns: Record<string, unknown>
  /** What the step remembers beyond its reason and note. */
  data: Record<string, unknown> | null
  links: Moved['links']
}
