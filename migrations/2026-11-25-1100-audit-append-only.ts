import { type Kysely, sql } from 'kysely'

/** The audit only grows: not even the owner of the tables can change or remove what happened. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_change() returns trigger
    language plpgsql as $$
    begin
      raise exception '% only grows: % is refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
    end $$`.execute(db)
  await sql`
    create trigger append_only before update or delete or truncate on audit
    for each statement execute function refuse_change()`.execute(db)
}
