import { type Kysely, sql } from 'kysely'

/**
 * Observations are asked for by place, and by time only a survey or a month at a time. A B-tree on the time costs every
 * insert, and without statistics the planner takes it for the places too: block ranges serve the time instead.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`drop index observation_time_idx`.execute(db)
  await sql`create index observation_observed_at_idx on observation using brin (observed_at)`.execute(
    db,
  )
}
