import { type Kysely, sql } from 'kysely'

/**
 * Cases found by what was written of them. Letters and pairs of neighbouring letters are indexed: most words of Chinese
 * have two characters, too few for pg_trgm. Each is hashed together with its community, so that one index serves all of
 * them and a search reads no other's entries.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function case_grams(community_id uuid, words text, shortest integer) returns integer[]
      language sql immutable strict parallel safe
      return (
        with letters as (
          select letter, lead(letter) over (order by at) as next
          from unnest(string_to_array(lower(words), null)) with ordinality as l (letter, at))
        select array_agg(distinct hashtext(case_grams.community_id::text || gram))
        from letters, lateral (values (letter), (letter || next)) as g (gram) where length(gram) >= shortest)`.execute(
    db,
  )
  await sql`
    create index case_file_words_idx on case_file using gin (case_grams(community_id, description, 1))
      where (description is not null)`.execute(db)
  // Under row-level security an operator that is not leakproof reads no index. So this looks as the owner, within the
  // communities in force, and gives out nothing but ids.
  await sql`
    create function cases_that_say(community uuid, words text, most integer) returns setof uuid
      language sql stable security definer set search_path = pg_catalog, public
      begin atomic
        select c.id from case_file as c
        where c.community_id = community and c.description is not null
          and case_grams(c.community_id, c.description, 1) @> case_grams(community, words, least(length(words), 2))
          and strpos(lower(c.description), lower(words)) > 0
          and community = any (string_to_array(nullif(current_setting('app.communities', true), ''), ',')::uuid[])
        limit most;
      end`.execute(db)
  await sql`revoke all on function cases_that_say(uuid, text, integer) from public`.execute(db)
  await sql`grant execute on function cases_that_say(uuid, text, integer) to jiexu_app`.execute(db)
  // Cases by what falls due next, those without a due time at the end.
  await sql`
    create index case_file_due_order_idx on case_file (community_id, coalesce(due_at, 'infinity'), id)`.execute(
    db,
  )
}
