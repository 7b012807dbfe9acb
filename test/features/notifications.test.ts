import { execFileSync } from 'node:child_process'
import { createECDH, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, createServer as createHttps } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import t from 'tap'
import { deliver } from '../../api/features/notifications/deliver.ts'
import { faultOfEndpoint, isPublicAddress } from '../../api/features/notifications/public-host.ts'
import { NOTICE_TEXTS } from '../../api/features/notifications/texts.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { notify } from '../../api/http/notices.ts'
import { readSettings } from '../../api/settings.ts'
import { signIn, testApp } from '../fixtures/app.ts'
import { smtpReceiver } from '../fixtures/smtp.ts'

/** Notices: one's own only; sent on by e-mail and web push, once, outside of quiet hours, again after a failure. */

const smtp = await smtpReceiver(t)
const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-push-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const { mail, push } = readSettings({
  DATA_DIR: folder,
  SMTP_URL: `smtp://127.0.0.1:${smtp.state.port}`,
  MAIL_FROM: 'Jiexu <jiexu@example.org>',
  PUSH_SUBJECT: 'mailto:jiexu@example.org',
})
const configured = { mail, push, publicUrl: 'https://jiexu.example.org' }
const { app, engine } = await testApp(t, { settings: configured })
const { db } = engine
const { id: community } = await db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const leader = await signIn(app, 'leader', 'leader-demo')
const inspector = await signIn(app, 'inspector', 'inspector-demo')
await db.deleteFrom('notification').execute()

const call = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', way: string, cookie = '', body?: object) =>
  app.inject({
    method,
    url: `/api/notifications${way}`,
    headers: { 'sec-fetch-site': 'same-origin', cookie },
    ...(body && { payload: body }),
  })
const tell = (number: string, key = 'case_overdue') =>
  asCommunities(db, [community], (trx) =>
    notify(
      trx,
      {
        community_id: community,
        message_key: `notice.${key}`,
        params: { number, kind_zh: '店外经营', kind_en: 'Outside trading' },
        case_id: null,
      },
      { role: 'leader' },
    ),
  )
const settings = (change: object = {}) =>
  call('PUT', '/settings', leader, {
    email: 'leader@example.org',
    by_email: true,
    by_push: false,
    quiet_from: null,
    quiet_to: null,
    ...change,
  })
/** A minute from now on: a notice is not older than its own insertion. */
const noon = new Date(Date.now() + 60_000)
const later = (minutes: number) => new Date(noon.getTime() + minutes * 60_000)

t.test('everybody reads and marks only their own notices', async (t) => {
  await tell('2026-000001')
  await tell('2026-000002')
  t.equal((await call('GET', '')).statusCode, 401)
  t.match((await call('GET', '', inspector)).json(), { notifications: [], unread: 0 })
  const own = (await call('GET', '', leader)).json()
  t.equal(own.unread, 2)
  t.equal(own.notifications[0].params.number, '2026-000002', 'newest first')
  const ids = [own.notifications[0].id]
  t.match((await call('POST', '/read', inspector, { ids })).json(), { unread: 0 })
  t.match((await call('POST', '/read', leader, { ids })).json(), { unread: 1 })
  t.match((await call('POST', '/read', leader, {})).json(), { unread: 0 })
})

t.test('settings are refused where they do not go together', async (t) => {
  t.match((await settings({ email: null })).json().errors, [{ path: 'email' }])
  t.match((await settings({ quiet_from: '22:00' })).json().errors, [{ path: 'quiet_to' }])
  t.equal((await settings({ quiet_from: '25:00', quiet_to: '07:00' })).statusCode, 422)
  t.equal((await settings({ email: 'no address' })).statusCode, 422)
  t.match((await call('GET', '/ways')).json(), { email: true, push: true, push_key: /^B/ })
})

t.test('a notice goes out by e-mail once, in the reader’s language', async (t) => {
  t.equal((await settings()).statusCode, 200)
  await deliver(engine, configured, noon)
  t.equal(smtp.letters.length, 0, 'what was read on the page goes nowhere')
  await tell('2026-000003')
  const both = await Promise.all([
    deliver(engine, configured, noon),
    deliver(engine, configured, noon),
  ])
  t.equal(both[0].sent + both[1].sent, 1, 'two instances send it once')
  await deliver(engine, configured, later(500))
  t.equal(smtp.letters.length, 1)
  const { to, data } = smtp.letters[0]!
  t.equal(to, 'leader@example.org')
  t.match(data, /Message-ID: <[0-9a-f-]{36}@example\.org>/i)
  t.match(data, /Subject: =\?UTF-8\?/i, 'Chinese')
  await db.updateTable('account').set({ locale: 'en' }).where('login', '=', 'leader').execute()
  await tell('2026-000004')
  await deliver(engine, configured, noon)
  t.match(smtp.letters[1]!.data, 'Subject: [Jiexu] Overdue (): Outside trading 2026-000004')
})

t.test('what the mail server refuses comes again after 1, 2, 4 … minutes, six times', async (t) => {
  smtp.letters.length = 0
  smtp.state.isRefusing = true
  await tell('2026-000005')
  t.same(await deliver(engine, configured, noon), { sent: 0, failed: 1 })
  t.same(await deliver(engine, configured, noon), { sent: 0, failed: 0 }, 'not at once')
  t.same(await deliver(engine, configured, later(1)), { sent: 0, failed: 1 })
  smtp.state.isRefusing = false
  t.same(await deliver(engine, configured, later(2)), { sent: 0, failed: 0 })
  t.same(await deliver(engine, configured, later(3)), { sent: 1, failed: 0 })
  t.equal(smtp.letters.length, 1)
})

t.test('quiet hours keep notices until they end, in the community’s zone', async (t) => {
  smtp.letters.length = 0
  await settings({ quiet_from: '22:00', quiet_to: '07:00' })
  await tell('2026-000006')
  // 15:00 UTC is 23:00 in Lhasa, 22:59 UTC is 06:59.
  t.match(await deliver(engine, configured, new Date('2099-03-01T15:00:00Z')), { sent: 0 })
  t.match(await deliver(engine, configured, new Date('2099-03-01T22:59:00Z')), { sent: 0 })
  t.match(await deliver(engine, configured, new Date('2099-03-01T23:00:00Z')), { sent: 1 })
  t.equal(smtp.letters.length, 1)
  await settings()
})

t.test('a push endpoint is a public https host and nothing else', async (t) => {
  for (const endpoint of [
    'http://push.example.org/x',
    'https://127.0.0.1/x',
    'https://10.1.2.3/x',
    'https://[::1]/x',
    'https://[::ffff:192.168.1.1]/x',
    'https://localhost/x',
    'https://printer.local/x',
    'https://push.example.org:8443/x',
    'https://user:pass@push.example.org/x',
  ])
    t.type(faultOfEndpoint(endpoint), 'string', endpoint)
  t.equal(faultOfEndpoint('https://fcm.googleapis.com/fcm/send/abc'), null)
  for (const address of ['192.168.0.1', '169.254.169.254', '::1', 'fe80::1', '::ffff:10.0.0.1'])
    t.notOk(isPublicAddress(address), address)
  t.ok(isPublicAddress('8.8.8.8'))
  t.ok(isPublicAddress('2606:4700::1111'))
  const keys = { p256dh: 'a', auth: 'b' }
  const refused = await call('POST', '/push_subscriptions', leader, {
    endpoint: 'https://192.168.1.1/x',
    keys,
  })
  t.equal(refused.statusCode, 422)
  t.match(refused.json().errors, [{ path: 'endpoint' }])
})

t.test('a push goes to the browser’s service; one that has ended is forgotten', async (t) => {
  const certificate = path.join(folder, 'certificate.pem')
  const key = path.join(folder, 'key.pem')
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=push -keyout ${key} -out ${certificate}`.split(
      ' ',
    ),
    { stdio: 'ignore' },
  )
  const seen: { url: string; headers: Record<string, unknown>; bytes: number }[] = []
  const service = createHttps(
    { key: readFileSync(key), cert: readFileSync(certificate) },
    (request, response) => {
      let bytes = 0
      request.on('data', (chunk: Buffer) => (bytes += chunk.length))
      request.on('end', () => {
        seen.push({ url: request.url!, headers: request.headers, bytes })
        response.writeHead(request.url === '/ended' ? 410 : 201).end()
      })
    },
  )
  await new Promise<void>((done) => service.listen(0, '127.0.0.1', done))
  t.teardown(() => service.close())
  const { port } = service.address() as AddressInfo
  const browser = createECDH('prime256v1')
  browser.generateKeys()
  const { id: account_id } = await db
    .selectFrom('account')
    .select('id')
    .where('login', '=', 'leader')
    .executeTakeFirstOrThrow()
  for (const way of ['here', 'ended']) {
    const reply = await call('POST', '/push_subscriptions', leader, {
      endpoint: `https://push.example.org/${way}`,
      keys: {
        p256dh: browser.getPublicKey('base64url'),
        auth: randomBytes(16).toString('base64url'),
      },
    })
    t.equal(reply.statusCode, 201, reply.body)
    // The service of the test stands on this machine.
    await db
      .updateTable('push_subscription')
      .set({ endpoint: `https://127.0.0.1:${port}/${way}` })
      .where('endpoint', '=', `https://push.example.org/${way}`)
      .execute()
  }
  await settings({ by_email: false, by_push: true })
  await tell('2026-000007')
  const trusting = new Agent({
    ca: readFileSync(certificate),
    checkServerIdentity: () => undefined,
  })
  t.same(await deliver(engine, configured, noon, trusting), { sent: 1, failed: 0 })
  t.same(seen.map(({ url }) => url).sort(), ['/ended', '/here'])
  t.match(seen[0]!.headers, { 'content-encoding': 'aes128gcm', authorization: /^vapid t=/ })
  t.ok(seen[0]!.bytes > 100, 'encrypted for the browser alone')
  const left = await db
    .selectFrom('push_subscription')
    .select('endpoint')
    .where('account_id', '=', account_id)
    .execute()
  t.same(left, [{ endpoint: `https://127.0.0.1:${port}/here` }])
  await tell('2026-000008')
  t.same(
    await deliver(engine, configured, noon),
    { sent: 0, failed: 1 },
    'without that trust, a private address is not called',
  )
  t.equal(seen.length, 2)
})

t.test('a server without mail or push says so, and keeps nothing waiting', async (t) => {
  t.same(Object.keys(NOTICE_TEXTS.en).sort(), Object.keys(NOTICE_TEXTS['zh-CN']).sort())
  await deliver(engine, { mail: null, push: null, publicUrl: null }, later(9999))
  const waiting = await db
    .selectFrom('notification')
    .select('id')
    .where('delivered_at', 'is', null)
    .execute()
  t.same(waiting, [])
})
