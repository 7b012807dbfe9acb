import { type Kysely, sql } from 'kysely'

/**
 * The key to the community is looked up once a row, a quarter of what storing it costs. It guards nothing that is not
 * guarded: whoever stores observations counts `layer_version` up in the same transaction, whose own key to the
 * community stays, so a community that was ever observed cannot go.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table observation drop constraint observation_community_id_fkey`.execute(db)
}
