import { sql } from 'kysely'
import t from 'tap'
import { asCommunities } from '../../api/db/tenant.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const admin = await signIn(app, 'admin', 'admin-demo')
for (const login of ['anna', 'bela', 'carl'])
  await app.inject({
    method: 'POST',
    url: '/api/accounts',
    headers: { cookie: admin, 'sec-fetch-site': 'same-origin' },
    payload: { login, password: 'a rather long password', display_name: login, roles: ['planner'] },
  })

t.test('the audit only grows', async (t) => {
  const { community_id } = await engine.db
    .selectFrom('audit')
    .select('community_id')
    .executeTakeFirstOrThrow()
  for (const statement of [
    sql`update audit set reason = 'x'`,
    sql`delete from audit`,
    sql`truncate audit`,
  ]) {
    await t.rejects(statement.execute(engine.db), /refused|only grows/, 'as owner')
    await t.rejects(
      asCommunities(engine.db, [community_id], (trx) => statement.execute(trx)),
      /permission denied|refused/,
      'as the application',
    )
  }
})

t.test('the audit is read page by page by those who may', async (t) => {
  const read = (query: string, cookie: string) =>
    app.inject({ url: `/api/audit?${query}`, headers: { cookie } })
  const first = await read('limit=2', admin)
  t.equal(first.json().changes.length, 2)
  const next = await read(`limit=2&cursor=${first.json().next}`, admin)
  t.ok(next.json().changes[0].id < first.json().changes[1].id)
  t.equal(first.json().changes[0].actor, '管理员（演示）')
  t.equal((await read('cursor=abc', admin)).statusCode, 400)
  t.equal((await read('collection=bays', admin)).json().changes.length, 0)
  t.equal((await read('', '')).statusCode, 401)
  t.equal((await read('', await signIn(app, 'resident', 'resident-demo'))).statusCode, 403)
})
