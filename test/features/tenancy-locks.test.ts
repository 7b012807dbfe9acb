import { type RawBuilder, sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { asCommunities } from '../../api/db/tenant.ts'
import { COLLECTION_IDS } from '../../api/features/inventory/contract.ts'
import { findItems } from '../../api/features/inventory/store.ts'
import { testDatabase } from '../fixtures/database.ts'
import { addElsewhere, MARK, TENANT_TABLES } from '../fixtures/elsewhere.ts'

const engine = await testDatabase(t, 'sample')
const elsewhere = await addElsewhere(engine)
const { id: here } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()

t.test('first lock alone: row-level security holds a query that names no community', async (t) => {
  await asCommunities(engine.db, [here], async (trx) => {
    for (const table of TENANT_TABLES) {
      const { rows } = await sql<{ n: number }>`
        select count(*)::int as n from ${sql.table(table)} where community_id <> ${here}`.execute(
        trx,
      )
      t.equal(rows[0]!.n, 0, table)
    }
  })
  // Reading is not all: nothing can be put there, taken there or changed there.
  for (const table of TENANT_TABLES.filter(
    (table) => table !== 'audit' && table !== 'layer_version',
  )) {
    t.same(
      await reached(
        sql`update ${sql.table(table)} set community_id = community_id where community_id = ${elsewhere.community_id}`,
      ),
      0n,
      `update ${table}`,
    )
    t.same(
      await reached(
        sql`delete from ${sql.table(table)} where community_id = ${elsewhere.community_id}`,
      ),
      0n,
      `delete ${table}`,
    )
    await t.rejects(
      asCommunities(engine.db, [here], (trx) =>
        sql`insert into ${sql.table(table)} select * from jsonb_populate_record(null::${sql.table(table)},
          jsonb_build_object('community_id', ${elsewhere.community_id}::text, 'id', ${uuidv7()}::text))`.execute(
          trx,
        ),
      ),
      /row-level security|null value|violates/,
      `insert ${table}`,
    )
  }
  await t.rejects(
    asCommunities(engine.db, [here], (trx) =>
      trx
        .insertInto('layer_version')
        .values({ community_id: elsewhere.community_id, layer: 'lots', version: 1 })
        .execute(),
    ),
    /row-level security/,
  )
  await asCommunities(engine.db, [], async (trx) => {
    t.same(await trx.selectFrom('bay').select('id').execute(), [], 'no community, no rows')
  })
  await t.rejects(
    asCommunities(engine.db, ["x'; reset role; --"], async () => {}),
    /not a community id/,
  )
})

/** How many rows a statement gets at from here; none where the application may not do such a thing to the table at all. */
async function reached(statement: RawBuilder<unknown>): Promise<bigint> {
  try {
    const done = await asCommunities(engine.db, [here], (trx) => statement.execute(trx))
    return done.numAffectedRows ?? 0n
  } catch (error) {
    if ((error as { code?: string }).code === '42501') return 0n
    throw error
  }
}

t.test('second lock alone: scoped queries hold without row-level security', async (t) => {
  // The owner of the tables is not under their policies.
  const isBypassed =
    await sql`select 1 from bay where community_id = ${elsewhere.community_id}`.execute(engine.db)
  t.equal(isBypassed.rows.length, 1, 'the first lock is open')
  for (const collection of COLLECTION_IDS) {
    const rows = await findItems(engine.db, here, collection, { equal: {}, limit: 1000 }).execute()
    t.ok(rows.length > 0 && rows.every((row) => row.community_id === here), collection)
    const byMark = { equal: { external_id: MARK }, limit: 10 }
    t.same(await findItems(engine.db, here, collection, byMark).execute(), [])
  }
})

t.test('each table of a community leads its key with it and is under a policy', async (t) => {
  const { rows } = await sql<{ name: string; has_policy: boolean; first_of_key: string | null }>`
    select c.relname as name, c.relrowsecurity and exists (select from pg_policy p where p.polrelid = c.oid) as has_policy,
      (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as first_of_key
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'community_id')`.execute(
    engine.db,
  )
  // Who belongs where is asked before anybody is in a community; the server reads it as itself only.
  const tenants = rows.filter((row) => row.name !== 'membership')
  t.same(
    tenants.map((row) => row.name).sort(),
    [...TENANT_TABLES].sort(),
    'the walk covers them all',
  )
  for (const row of tenants) {
    t.equal(row.first_of_key, 'community_id', row.name)
    t.ok(row.has_policy, `${row.name} has a policy`)
  }
  const reach = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
      and has_table_privilege('jiexu_app', oid, 'select') order by 1`.execute(engine.db)
  const open = reach.rows.map((row) => row.name).filter((name) => !TENANT_TABLES.includes(name))
  t.same(
    open.filter((name) => name !== 'community' && name !== 'spatial_ref_sys'),
    [],
    'the application reads nothing else: no accounts, no sessions, no partition directly',
  )
  const keys = await sql<{ name: string; table: string }>`
    select conname as name, conrelid::regclass::text as table from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0
      and confrelid::regclass::text = any (${TENANT_TABLES})
      and not exists (select from pg_attribute a where a.attrelid = conrelid and a.attname = 'community_id' and a.attnum = any (conkey))`.execute(
    engine.db,
  )
  t.same(keys.rows, [], 'foreign keys between tenant tables carry the community')
})
