import { sql } from 'kysely'
import type { Rule, RulePack } from '../domain/rules/rule-pack.ts'
import type { ChangeFeed } from './change-feed.ts'
import type { Engine } from './connect.ts'
import { SHIPPED_PACKS } from './shipped-rule-packs.ts'
import { asCommunities } from './tenant.ts'

/** The layer whose version counts what is written to a community's packs. */
export const RULE_PACKS_LAYER = 'rule_packs'

/** The pack that a community judges by; `serial` counts its activations, 0 while it never chose one. */
export interface PackInForce {
  pack: RulePack
  serial: number
}

/** Each community's rule pack in force, read again once the change feed has seen that packs were written. */
export class RulePacks {
  readonly #engine: Engine
  readonly #feed: ChangeFeed
  readonly #kept = new Map<string, { version: number; found: Promise<PackInForce> }>()

  constructor(engine: Engine, feed: ChangeFeed) {
    this.#engine = engine
    this.#feed = feed
  }

  /** Asks the database, so never within a transaction. @throws when there is no such community or pack. */
  async inForce(communityId: string): Promise<PackInForce> {
    const version = this.#feed.version(communityId, RULE_PACKS_LAYER)
    const kept = this.#kept.get(communityId)
    if (kept?.version === version) return kept.found
    const found = readInForce(this.#engine, communityId)
    this.#kept.set(communityId, { version, found })
    // What failed is asked again by the next.
    found.catch(() => this.#kept.delete(communityId))
    return found
  }
}

interface InForceRow {
  default_id: string
  serial: number | null
  shipped_id: string | null
  pack_id: string | null
  version: number | null
  name_zh: string | null
  name_en: string | null
  region: string | null
  effective: string | null
  rules: Rule[] | null
}

async function readInForce(engine: Engine, communityId: string): Promise<PackInForce> {
  const row = await asCommunities(engine.db, [communityId], async (trx) => {
    const { rows } = await sql<InForceRow>`
      select c.rule_pack_id as default_id, a.serial, a.shipped_id, a.pack_id, v.version,
        v.name_zh, v.name_en, v.region, v.effective::text as effective, v.rules
      from community c
      left join lateral (
        select serial, shipped_id, pack_id, pack_version from rule_pack_activation
        where community_id = c.id order by serial desc limit 1
      ) a on true
      left join rule_pack_version v
        on v.community_id = c.id and v.pack_id = a.pack_id and v.version = a.pack_version
      where c.id = ${communityId}`.execute(trx)
    return rows[0]
  })
  if (!row) throw new Error(`no community ${communityId}`)
  const serial = row.serial ?? 0
  if (row.pack_id !== null)
    return {
      serial,
      pack: {
        id: row.pack_id,
        version: row.version!,
        name_zh: row.name_zh!,
        name_en: row.name_en!,
        region: row.region!,
        effective: row.effective!,
        rules: row.rules!,
      },
    }
  const id = row.shipped_id ?? row.default_id
  const pack = SHIPPED_PACKS.get(id)
  if (!pack) throw new Error(`the rule pack "${id}" of community ${communityId} does not ship`)
  return { serial, pack }
}
