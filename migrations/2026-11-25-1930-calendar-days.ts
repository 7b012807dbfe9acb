import { type Kysely, sql } from 'kysely'

/**
 * Days off and make-up workdays of a community's own, beside those of the whole country: 藏历新年 and 雪顿节 are
 * announced by the region for each year. A list of {date, is_working, name_zh, name_en}.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table community
      add column calendar_days jsonb not null default '[]' check (jsonb_typeof(calendar_days) = 'array'),
      add column calendar_version integer not null default 1`.execute(db)
}
