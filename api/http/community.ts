import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Database } from '../db/tables.ts'
import { ApiProblem } from './problem.ts'

/** A community as requests need it; `bbox` in degrees, null where it has no boundary. */
export interface Community {
  id: string
  slug: string
  name_zh: string | null
  name_en: string | null
  name_bo: string | null
  district: string | null
  subdistrict: string | null
  time_zone: string
  rule_pack_id: string
  full_time_workers: number | null
  part_time_workers: number | null
  resident_vehicles: number | null
  attribution: string | null
  notice: string | null
  is_synthetic: boolean
  bbox: [number, number, number, number] | null
}

declare module 'fastify' {
  interface FastifyInstance {
    communities: CommunityDirectory
  }
}

/** Communities are few and change seldom: read once a second at most, so that hot paths never wait for SQL. */
const FRESH_MS = 1_000

export class CommunityDirectory {
  readonly #db: Kysely<Database>
  #known: Community[] = []
  #readAt = -Infinity
  #reading: Promise<Community[]> | undefined

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** All communities, by slug. */
  async all(): Promise<Community[]> {
    if (performance.now() - this.#readAt < FRESH_MS) return this.#known
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  /** The community with this slug or id; one that is not known is looked for in the database before it is denied. */
  async find(named: string): Promise<Community | undefined> {
    const isNamed = (community: Community) => community.slug === named || community.id === named
    const asked = performance.now()
    const found = (await this.all()).find(isNamed)
    if (found || this.#readAt >= asked) return found
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined))
    return (await this.#reading).find(isNamed)
  }

  /** The community with this slug or id as far as it is known without asking; undefined once that is a second old. */
  peek(named: string): Community | undefined {
    if (performance.now() - this.#readAt >= FRESH_MS) return undefined
    return this.#known.find((community) => community.slug === named || community.id === named)
  }

  async #read(): Promise<Community[]> {
    const rows = await this.#db
      .selectFrom('community')
      .select([
        'id',
        'slug',
        'name_zh',
        'name_en',
        'name_bo',
        'district',
        'subdistrict',
        'time_zone',
        // The pack in force; the column says what it is before any was chosen.
        sql<string>`coalesce((
          select coalesce(a.shipped_id, a.pack_id::text) from rule_pack_activation a
          where a.community_id = community.id order by a.serial desc limit 1), rule_pack_id)`.as(
          'rule_pack_id',
        ),
        'full_time_workers',
        'part_time_workers',
        'resident_vehicles',
        'attribution',
        'notice',
        'is_synthetic',
        sql<Community['bbox']>`case when geom is null then null else
          array[ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)] end`.as('bbox'),
      ])
      .orderBy('slug')
      .execute()
    this.#known = rows
    this.#readAt = performance.now()
    return rows
  }
}

/** Makes `communityOf` work in every route. */
export function knowCommunities(app: FastifyInstance, db: Kysely<Database>): void {
  app.decorate('communities', new CommunityDirectory(db))
}

/**
 * The community a request means: named in the path or by `?community=` (slug or id), else the only one of the
 * signed-in person, else the only one there is.
 * @throws ApiProblem 404 for an unknown one, 400 where several could be meant.
 */
export async function communityOf(request: FastifyRequest): Promise<Community> {
  const named =
    (request.params as { community?: string } | undefined)?.community ??
    (request.query as { community?: string } | undefined)?.community
  if (named !== undefined) {
    const found = await request.server.communities.find(named)
    if (found) return found
    throw new ApiProblem('community/not-found', `there is no community "${named.slice(0, 64)}"`, [
      { path: 'community', message: 'unknown slug or id' },
    ])
  }
  const all = await request.server.communities.all()
  const own = new Set(request.person?.memberships.map((membership) => membership.community_id))
  const candidates = own.size === 1 ? all.filter((community) => own.has(community.id)) : all
  if (candidates.length === 1) return candidates[0]!
  if (candidates.length === 0)
    throw new ApiProblem('community/not-found', 'there is no community yet')
  throw new ApiProblem(
    'community/ambiguous',
    `name one with ?community=: ${all
      .slice(0, 20)
      .map((community) => community.slug)
      .join(', ')}`,
    [{ path: 'community', message: 'needed, because there are several' }],
  )
}
