import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { buildApp } from '../../api/app.ts'
import { sweepStrayFiles } from '../../api/features/media/sweep.ts'
import { signIn, TEST_SETTINGS, testApp } from '../fixtures/app.ts'

/** Where photos lie: a disk that is full, a bucket that is full, files that a killed service left. */

const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-storage-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const running = await testApp(t, { settings: { dataDir: folder } })
const { engine } = running
const { id: community } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const photo = await sharp({
  create: {
    width: 900,
    height: 700,
    channels: 3,
    background: '#888',
    noise: { type: 'gaussian', mean: 128, sigma: 40 },
  },
})
  .jpeg()
  .toBuffer()

type App = typeof running.app

const put = (app: App, id: string) =>
  app.inject({
    method: 'PUT',
    url: `/api/media/${id}?community=tongjian`,
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'image/jpeg' },
    payload: photo,
  })
const rowsOf = async (id: string) =>
  (await engine.db.selectFrom('media').select('id').where('id', '=', id).execute()).length
const filesIn = (where: string) =>
  readdirSync(where, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())

/** The same service with its photos elsewhere. */
async function appWith(settings: Partial<typeof TEST_SETTINGS>): Promise<App> {
  const app = await buildApp({
    ...running,
    settings: { ...TEST_SETTINGS, ...settings },
    isReady: () => true,
  })
  t.teardown(() => app.close())
  return app
}

/** A disk of 256 kB; false where this process may not mount one. */
function mountSmall(where: string): boolean {
  try {
    mkdirSync(where)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'jiexu-test', where], {
      stdio: 'ignore',
    })
    t.teardown(() => execFileSync('umount', [where]))
    return true
  } catch {
    return false
  }
}

t.test('a full disk is told apart, leaves nothing half, and the record goes without', async (t) => {
  const small = path.join(folder, 'small')
  if (!mountSmall(small)) return void t.comment('no right to mount a small disk: skipped')
  const app = await appWith({ dataDir: small })
  const id = uuidv7()
  const reply = await put(app, id)
  t.match(reply.json(), { status: 507, type: /media\/no-space/ })
  t.equal(await rowsOf(id), 0)
  t.same(filesIn(small), [], 'no part of it is left')
  const cookie = await signIn(app, 'inspector', 'inspector-demo')
  const kinds = await app.inject('/api/case_kinds?community=tongjian')
  const { id: kind_id } = kinds
    .json()
    .case_kinds.find((kind: { required: object }) => Object.keys(kind.required).length === 0)
  const record = await app.inject({
    method: 'POST',
    url: '/api/cases?community=tongjian',
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    payload: {
      id: uuidv7(),
      kind_id,
      lon: 91.145,
      lat: 29.6535,
      found_at: new Date().toISOString(),
    },
  })
  t.equal(record.statusCode, 201, record.body)
  // Room again: the same photo under the same id is taken.
  t.equal((await put(running.app, id)).statusCode, 201)
})

t.test('a full bucket is told the same', async (t) => {
  const full = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(507, { 'content-type': 'application/xml' })
      response.end(
        '<?xml version="1.0"?><Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>',
      )
    })
  }).listen(0, '127.0.0.1')
  t.teardown(() => full.close())
  await once(full, 'listening')
  const { port } = full.address() as AddressInfo
  const s3 = {
    bucket: 'photos',
    region: 'local',
    endpoint: `http://127.0.0.1:${port}`,
    accessKeyId: 'a',
    secretAccessKey: 'b',
  }
  const id = uuidv7()
  const reply = await put(await appWith({ s3 }), id)
  t.match(reply.json(), { status: 507, type: /media\/no-space/ })
  t.equal(await rowsOf(id), 0)
})

t.test(
  'files that a killed service left are swept, those of photos and young ones stay',
  async (t) => {
    const kept = uuidv7()
    t.equal((await put(running.app, kept)).statusCode, 201)
    const now = new Date()
    const month = (at: Date) => path.join(folder, 'media', community, at.toISOString().slice(0, 7))
    const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 15))
    const stray = [
      path.join(month(now), `${uuidv7()}.jpg`),
      path.join(month(now), `${uuidv7()}-thumb.jpg`),
      path.join(month(last), `${uuidv7()}.jpg`),
    ]
    const young = path.join(month(now), `${uuidv7()}.jpg`)
    mkdirSync(month(last), { recursive: true })
    for (const file of [...stray, young]) writeFileSync(file, 'half a photo')
    const old = new Date(now.getTime() - 2 * 3_600_000)
    for (const { parentPath, name } of filesIn(path.join(folder, 'media')))
      if (!young.endsWith(name)) utimesSync(path.join(parentPath, name), old, old)
    t.equal(await sweepStrayFiles(engine, { dataDir: folder, s3: null }, now), 3)
    const left = filesIn(path.join(folder, 'media')).map(({ name }) => name)
    t.ok(left.includes(path.basename(young)))
    const { storage_key } = await engine.db
      .selectFrom('media')
      .select('storage_key')
      .where('id', '=', kept)
      .executeTakeFirstOrThrow()
    for (const end of ['.jpg', '-thumb.jpg'])
      t.ok(left.includes(`${path.basename(storage_key)}${end}`), end)
    t.equal(await sweepStrayFiles(engine, { dataDir: folder, s3: null }, now), 0)
  },
)
