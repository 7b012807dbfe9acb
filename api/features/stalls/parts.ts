import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import type { Community } from '../../http/community.ts'

/** What the routes of stalls are built on; a zone's own record is changed by whoever owns the inventory. */
export interface StallParts {
  engine: Engine
  feed: ChangeFeed
  setZoneStatus: (
    trx: Transaction<Database>,
    request: FastifyRequest,
    community: Community,
    id: string,
    status: 'approved' | 'suspended',
  ) => Promise<void>
}

/** The stalls' name in the change feed. */
export const STALLS_LAYER = 'stalls'
