import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { sessionStore } from '../../api/http/session-store.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const OWN_PAGE = { 'sec-fetch-site': 'same-origin' }
const post = (login: string, password: string, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { ...OWN_PAGE, ...headers },
    payload: { login, password },
  })
const whoIs = async (cookie: string) =>
  (await app.inject({ url: '/api/session', headers: { cookie } })).json().account
const basic = (login: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
})
const admin = await signIn(app, 'admin', 'admin-demo')
const createAccount = (payload: object, cookie = admin) =>
  app.inject({
    method: 'POST',
    url: '/api/accounts',
    headers: { ...OWN_PAGE, cookie },
    payload: {
      password: 'a rather long password',
      display_name: '新人',
      roles: ['planner'],
      ...payload,
    },
  })
const changeAccount = (id: string, payload: object, cookie = admin) =>
  app.inject({
    method: 'PATCH',
    url: `/api/accounts/${id}`,
    headers: { ...OWN_PAGE, cookie },
    payload,
  })

t.test('signing in tells who one is and what one may do, signing out ends it', async (t) => {
  const reply = await post('planner', 'planner-demo')
  t.equal(reply.statusCode, 200)
  const { account } = reply.json()
  t.match(account, { login: 'planner', memberships: [{ slug: 'tongjian', role: 'planner' }] })
  const [rights] = Object.values<string[]>(account.rights)
  t.ok(rights!.includes('approve_bay') && !rights!.includes('manage_accounts'))
  const cookie = reply.cookies.map((c) => `${c.name}=${c.value}`).join('; ')
  t.equal((await whoIs(cookie)).login, 'planner')

  const out = await app.inject({
    method: 'DELETE',
    url: '/api/session',
    headers: { ...OWN_PAGE, cookie },
  })
  t.equal(out.statusCode, 204)
  t.equal(await whoIs(cookie), null, 'the old cookie opens nothing')
})

t.test(
  'the cookie is closed to scripts and other sites, and goes by TLS where TLS is',
  async (t) => {
    const plain = (await post('planner', 'planner-demo')).cookies[0]!
    t.match(plain, { name: 'jiexu_session', httpOnly: true, sameSite: 'Lax', path: '/' })
    t.notOk(plain.secure)
    const tls = await post('planner', 'planner-demo', { 'x-forwarded-proto': 'https' })
    t.equal(tls.cookies[0]!.secure, true)
    t.equal((await app.inject('/api/session')).cookies.length, 0, 'reading sets none')
  },
)

t.test('wrong password and unknown login answer alike', async (t) => {
  const [wrong, unknown] = [await post('planner', 'no'), await post('nobody', 'no')]
  t.equal(wrong.statusCode, 401)
  t.equal(wrong.json().type, 'urn:jiexu:problem:session/refused')
  t.equal(unknown.statusCode, 401)
  t.equal(unknown.json().detail, wrong.json().detail)
  for (const [login, password] of [
    ["' or 1=1 --", 'x'],
    ['\ud800', '\udfff'],
    ['🚲'.repeat(50), '🚲'],
  ] as const)
    t.equal((await post(login, password)).statusCode, 401, JSON.stringify(login).slice(0, 20))
})

t.test('each sign-in has a new session id, and the one before is gone', async (t) => {
  const first = await signIn(app, 'planner', 'planner-demo')
  const again = await post('planner', 'planner-demo', { cookie: first })
  const second = again.cookies.map((c) => `${c.name}=${c.value}`).join('; ')
  t.not(second, first)
  t.equal(await whoIs(first), null)
  t.equal((await whoIs(second)).login, 'planner')
})

t.test('an altered cookie is nobody, not an error', async (t) => {
  const cookie = await signIn(app, 'planner', 'planner-demo')
  for (const bad of [`${cookie}x`, 'jiexu_session=', 'jiexu_session=%00.%FF', 'jiexu_session=a.b'])
    t.equal(await whoIs(bad), null, bad.slice(0, 30))
})

t.test('the table of sessions holds hashes; idle and old sessions have ended', async (t) => {
  const store = sessionStore(engine.db)
  const read = (id: string) =>
    new Promise((resolve, reject) =>
      store.get(id, (error, session) => (error ? reject(error as Error) : resolve(session))),
    )
  const hashOf = (id: string) => createHash('sha256').update(id).digest('hex')
  const keep = async (id: string, idle: string, absolute: string) =>
    sql`insert into session (id_hash, account_id, data, expires_at, absolute_expires_at)
      values (${hashOf(id)}, null, '{"account_id": "x"}', now() + ${idle}::interval, now() + ${absolute}::interval)`.execute(
      engine.db,
    )
  await keep('young', '1 day', '20 days')
  await keep('idle', '-1 minute', '20 days')
  await keep('old', '1 day', '-1 minute')
  t.match(await read('young'), { account_id: 'x' })
  t.equal(await read('idle'), null)
  t.equal(await read('old'), null)
  t.equal(await read(hashOf('young')), null, 'what stands in the table opens nothing')
  const { expires_at } = await engine.db
    .selectFrom('session')
    .select('expires_at')
    .where('id_hash', '=', hashOf('young'))
    .executeTakeFirstOrThrow()
  t.ok(expires_at.getTime() > Date.now() + 2.9 * 86_400_000, 'use prolongs it to three days')
})

t.test('a GIS signs in by HTTP Basic; a wrong password is asked for again', async (t) => {
  const right = await app.inject({
    url: '/api/session',
    headers: basic('planner', 'planner-demo'),
  })
  t.equal(right.json().account.login, 'planner')
  t.equal(right.cookies.length, 0)
  const wrong = await app.inject({ url: '/api/session', headers: basic('planner', 'x') })
  t.equal(wrong.statusCode, 401)
  t.match(wrong.headers['www-authenticate'], /^Basic realm=/)
  for (const authorization of ['Basic', 'Basic !!!', 'Bearer abc', 'Basic OjpAOjo6'])
    t.ok(
      [200, 401].includes(
        (await app.inject({ url: '/api/session', headers: { authorization } })).statusCode,
      ),
      authorization,
    )
})

t.test("writing from another site's page is refused before anything else", async (t) => {
  const cookie = await signIn(app, 'planner', 'planner-demo')
  const write = (headers: Record<string, string>) =>
    app.inject({ method: 'DELETE', url: '/api/session', headers: { cookie, ...headers } })
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
  ]) {
    const reply = await write(headers)
    t.equal(reply.statusCode, 403, JSON.stringify(headers))
    t.equal(reply.json().type, 'urn:jiexu:problem:request/foreign-origin')
  }
  t.equal((await whoIs(cookie)).login, 'planner', 'still signed in')
  const own = await write({ origin: 'http://localhost', host: 'localhost' })
  t.equal(own.statusCode, 204)
})

t.test('a disabled account is out at once, by cookie and by Basic', async (t) => {
  const { id } = (await createAccount({ login: 'leaver' })).json()
  const cookie = await signIn(app, 'leaver', 'a rather long password')
  const gis = basic('leaver', 'a rather long password')
  t.equal((await app.inject({ url: '/api/session', headers: gis })).json().account.login, 'leaver')
  t.equal((await changeAccount(id, { disabled: true })).statusCode, 200)
  t.equal(await whoIs(cookie), null)
  t.equal((await app.inject({ url: '/api/session', headers: gis })).json().account, null)
  t.equal((await post('leaver', 'a rather long password')).statusCode, 401)
  t.equal((await changeAccount(id, { disabled: false })).json().disabled_at, null)
  t.equal((await post('leaver', 'a rather long password')).statusCode, 200)
})

t.test('a new password ends the sessions of the old one', async (t) => {
  const { id } = (await createAccount({ login: 'changer' })).json()
  const cookie = await signIn(app, 'changer', 'a rather long password')
  await changeAccount(id, { password: 'another long password' })
  t.equal(await whoIs(cookie), null)
  t.equal((await post('changer', 'a rather long password')).statusCode, 401)
  t.equal((await post('changer', 'another long password')).statusCode, 200)
  const { rows } = await sql<{ text: string }>`
    select coalesce(before::text, '') || coalesce(after::text, '') as text from audit where record_id = ${id} and action <> 'sign_in'`.execute(
    engine.db,
  )
  t.equal(rows.length, 2)
  t.ok(rows.some(({ text }) => text.includes('"password": "changed"')))
  t.notOk(rows.some(({ text }) => text.includes('argon2') || text.includes('another long')))
})

t.test('accounts: logins are unique, members checked, only an admin of the place', async (t) => {
  t.equal((await createAccount({ login: 'twice' })).statusCode, 201)
  const again = await createAccount({ login: 'twice' })
  t.equal(again.statusCode, 409)
  t.equal(again.json().errors[0].path, 'login')
  for (const [path, payload] of [
    ['password', { login: 'a1', password: 'short' }],
    ['login', { login: 'Ä b' }],
    ['roles', { login: 'a2', roles: [] }],
    ['roles/0', { login: 'a3', roles: ['king'] }],
    ['city_role', { login: 'a4', city_role: 'admin' }],
  ] as const) {
    const reply = await createAccount(payload)
    t.equal(reply.statusCode, 422, path)
    t.equal(reply.json().errors[0].path, path)
  }
  t.equal((await changeAccount(uuidv7(), { roles: ['leader'] })).statusCode, 404)
  const list = await app.inject({ url: '/api/accounts', headers: { cookie: admin } })
  t.ok(list.json().accounts.some((a: { login: string }) => a.login === 'twice'))
  t.notMatch(list.body, /argon2|password/)
})

t.test(
  'one changes the own password: other sessions end, this one goes on with a new id',
  async (t) => {
    const first = 'a rather long password'
    const second = 'another long password'
    const { id } = (await createAccount({ login: 'keeper' })).json()
    const change = (cookie: string, old_password: string, new_password: string) =>
      app.inject({
        method: 'POST',
        url: '/api/session/password',
        headers: { ...OWN_PAGE, cookie },
        payload: { old_password, new_password },
      })
    const here = await signIn(app, 'keeper', first)
    const elsewhere = await signIn(app, 'keeper', first)
    const wrong = await change(here, 'not the password', second)
    t.match(wrong.json(), { status: 422, errors: [{ path: 'old_password' }] })
    t.equal(wrong.json().type, 'urn:jiexu:problem:accounts/wrong-password')
    t.equal((await change(here, first, 'short')).json().errors[0].path, 'new_password')
    t.equal((await change('', first, second)).statusCode, 401)
    t.equal((await whoIs(elsewhere)).login, 'keeper', 'nothing has changed yet')

    const done = await change(here, first, second)
    t.equal(done.statusCode, 200, done.body)
    t.equal(await whoIs(elsewhere), null)
    t.equal(await whoIs(here), null, 'the old id is gone too')
    const now = done.cookies.map((c) => `${c.name}=${c.value}`).join('; ')
    t.equal((await whoIs(now)).login, 'keeper')
    t.equal((await post('keeper', first)).statusCode, 401)
    t.equal((await post('keeper', second)).statusCode, 200)
    const { rows } = await sql<{ after: object; actor_id: string }>`
    select after, actor_id from audit where record_id = ${id} and action = 'update'`.execute(
      engine.db,
    )
    t.same(rows, [{ after: { password: 'changed' }, actor_id: id }])

    const demo = await change(await signIn(app, 'planner', 'planner-demo'), 'planner-demo', second)
    t.equal(demo.json().type, 'urn:jiexu:problem:accounts/demo')
  },
)

t.test('signing out everywhere ends every session of the account, and nobody else’s', async (t) => {
  const out = (cookie: string) =>
    app.inject({ method: 'DELETE', url: '/api/sessions', headers: { ...OWN_PAGE, cookie } })
  const leader = await signIn(app, 'leader', 'leader-demo')
  const cookies = [
    await signIn(app, 'resident', 'resident-demo'),
    await signIn(app, 'resident', 'resident-demo'),
  ]
  t.equal((await out(cookies[0]!)).statusCode, 204)
  for (const cookie of cookies) t.equal(await whoIs(cookie), null)
  t.equal((await whoIs(leader)).login, 'leader')
  t.equal((await out(cookies[0]!)).statusCode, 401)
})

t.test('the demo accounts are told only where the sample runs', async (t) => {
  const shown = (await app.inject('/api/session/demo_accounts')).json().accounts
  t.equal(shown.length, 7)
  for (const { login, password } of shown)
    t.equal((await post(login, password)).statusCode, 200, login)
})

t.test('limits, and what there is without the sample', async (t) => {
  const { app: own, engine: empty } = await testApp(t, {
    contents: 'empty',
    settings: { isSample: false, isRateLimited: true },
  })
  t.test('no demo accounts are told or made', async (t) => {
    t.same((await own.inject('/api/session/demo_accounts')).json(), { accounts: [] })
    t.same(await empty.db.selectFrom('account').selectAll().execute(), [])
  })

  t.test('POST /api/session takes 30 a minute, everything else 3,000', async (t) => {
    const knock = (remoteAddress: string) =>
      own.inject({
        method: 'POST',
        url: '/api/session',
        remoteAddress,
        headers: OWN_PAGE,
        payload: { login: '', password: 'x' },
      })
    for (let i = 0; i < 30; i++) await knock('203.0.113.1')
    const reply = await knock('203.0.113.1')
    t.equal(reply.statusCode, 429)
    t.match(reply.headers['content-type'], /^application\/problem\+json/)
    t.ok(Number(reply.headers['retry-after']) > 0)
    t.equal((await knock('203.0.113.2')).statusCode, 422, 'each address for itself')
    const read = await own.inject({ url: '/api/session', remoteAddress: '203.0.113.1' })
    t.equal(read.statusCode, 200)
    t.equal(read.headers['x-ratelimit-limit'], '3000')
  })

  t.test('who says for whom it asks is believed only on the own network', async (t) => {
    const remaining = async (remoteAddress: string, forwarded: string) => {
      const headers = { 'x-forwarded-for': forwarded }
      await own.inject({ url: '/api/session', remoteAddress, headers })
      const next = await own.inject({ url: '/api/session', remoteAddress })
      return next.headers['x-ratelimit-remaining']
    }
    t.equal(await remaining('10.1.2.3', '203.0.113.9'), '2999', 'a proxy: counted for its caller')
    t.equal(await remaining('203.0.113.7', '203.0.113.9'), '2998', 'a stranger: for itself')
  })
})
