import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import type { ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Database } from '../../db/tables.ts'
import type { RulePack } from '../../domain/rules/rule-pack.ts'
import type { Community } from '../../http/community.ts'
import type { Scenes } from '../../model/scenes.ts'
import type { StreetModels } from '../../model/street-models.ts'
import type { PlannedCollection } from './contract.ts'

/** The inventory as plans need it; the service gives its own, so that both are strangers to each other. */
export interface PlannedInventory {
  /** @throws ApiProblem 422 naming the faulty member below `path`. */
  admit(
    request: FastifyRequest,
    community: Community,
    collection: PlannedCollection,
    feature: { geometry: unknown; properties: Record<string, unknown> },
    path: string,
  ): { geometry: object; properties: Record<string, unknown> }
  /** Writes one change into the inventory and answers the record's version. */
  publish(
    trx: Transaction<Database>,
    request: FastifyRequest,
    community: Community,
    planned: {
      action: 'create' | 'replace' | 'retire'
      collection: PlannedCollection
      id: string
      base_version: number | null
      geometry: object | null
      properties: Record<string, unknown> | null
    },
  ): Promise<number>
}

export interface PlanParts {
  engine: Engine
  feed: ChangeFeed
  models: StreetModels
  scenes: Scenes
  packOf: (community: Community) => Promise<RulePack>
  inventory: PlannedInventory
}
