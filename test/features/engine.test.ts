import { sql } from 'kysely'
import t from 'tap'
import { testDatabase } from '../fixtures/database.ts'

const engine = await testDatabase(t)
const echo = async (n: number) =>
  (await sql<{ n: number }>`select ${n}::int as n`.execute(engine.db)).rows[0]?.n

t.test('of 200 statements at once each gets its own answer', async (t) => {
  const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => echo(n)))
  t.same(
    answers,
    Array.from({ length: 200 }, (_, n) => n),
  )
})

t.test(
  'a statement that fails inside a transaction leaves the next ones their answers',
  async (t) => {
    const faults = [
      sql`select 1 / ${0}::int`,
      sql`select ${'x'}::int`,
      sql`selec ${1}`,
      sql`insert into account (id, login) values (gen_random_uuid(), ${'UPPER'})`,
      sql`select * from ${sql.table('nowhere')} where a = ${1}`,
    ]
    for (const fault of faults) {
      await t.rejects(
        engine.db.transaction().execute(async (trx) => {
          await sql`select ${1}::int`.execute(trx)
          await fault.execute(trx)
        }),
      )
      t.equal(await echo(5), 5)
      await t.rejects(fault.execute(engine.db))
      t.equal(await echo(6), 6)
    }
  },
)

t.test('failing and good statements side by side do not mix', async (t) => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, n) =>
      n % 3 === 0
        ? engine.db
            .transaction()
            .execute((trx) => sql`select ${n}::int / 0`.execute(trx))
            .then(
              () => 'answered',
              (error: Error) => error.message,
            )
        : echo(n),
    ),
  )
  t.same(
    answers,
    Array.from({ length: 60 }, (_, n) => (n % 3 === 0 ? 'division by zero' : n)),
  )
})

t.test('a result larger than the socket takes at once comes whole', async (t) => {
  const { rows } = await sql<{ text: string }>`
    select repeat(md5(i::text), ${4000}::int) as text from generate_series(1, 40) as i`.execute(
    engine.db,
  )
  t.same(
    rows.map((row) => row.text.length),
    Array.from({ length: 40 }, () => 128_000),
  )
})
