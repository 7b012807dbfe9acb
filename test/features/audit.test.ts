import { sql } from 'kysely'
import t from 'tap'
import { asCommunities } from '../../api/db/tenant.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const admin = await signIn(app, 'admin', 'admin-demo')
const create = (login: string) =>
  app.inject({
    method: 'POST',
    url: '/api/accounts',
    headers: { cookie: admin, 'sec-fetch-site': 'same-origin' },
    payload: { login, password: 'a rather long password', display_name: login, roles: ['planner'] },
  })
const knock = (login: string, password: string) =>
  app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { 'sec-fetch-site': 'same-origin' },
    payload: { login, password },
  })
for (const login of ['anna', 'bela', 'carl']) await create(login)

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

t.test('sign-ins are in the audit, refused ones too, without what was typed', async (t) => {
  const id = (await create('watched')).json().id as string
  const signIns = async () =>
    (
      await sql<{ actor_id: string | null; after: object; reason: string | null; text: string }>`
        select actor_id, after, reason, audit::text as text from audit
        where record_id = ${id} and action = 'sign_in' order by id`.execute(engine.db)
    ).rows
  await knock('watched', 'a rather long password')
  for (const password of ['guess one', 'guess two']) await knock('watched', password)
  await app.signInRecord.settled()
  const there = await signIns()
  t.match(there, [
    { actor_id: id, after: { way: 'page' }, reason: null },
    { actor_id: null, after: { way: 'page' }, reason: 'refused' },
  ])
  t.equal(there.length, 2, 'the second guess of a quarter of an hour is not told again')
  t.notOk(there.some(({ text }) => /guess|127\.0\.0\.1/.test(text)))

  const byBasic = {
    authorization: `Basic ${Buffer.from('watched:a rather long password').toString('base64')}`,
  }
  for (let i = 0; i < 3; i++) await app.inject({ url: '/api/session', headers: byBasic })
  t.match((await signIns()).slice(2), [{ actor_id: id, after: { way: 'basic' }, reason: null }])

  const count = () => sql<{ n: number }>`select count(*)::int as n from audit`.execute(engine.db)
  const before = await count()
  await knock('nobody at all', 'guess')
  await app.signInRecord.settled()
  t.same((await count()).rows, before.rows, 'a login that there is not belongs to no community')
})
