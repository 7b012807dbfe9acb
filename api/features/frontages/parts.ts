import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import type { Community } from '../../http/community.ts'

/** What frontages are built on; the inventory's own writing comes from outside. */
export interface FrontageParts {
  engine: Engine
  feed: ChangeFeed
  inventory: {
    write(
      trx: Transaction<Database>,
      request: FastifyRequest,
      community: Community,
      laid: {
        id: string
        merchant_id: string
        name_zh: string | null
        version: number | null
        geometry: { type: string; coordinates: unknown }
      },
    ): Promise<void>
    markSigned(
      trx: Transaction<Database>,
      request: FastifyRequest,
      community: Community,
      merchantId: string,
    ): Promise<void>
  }
}
