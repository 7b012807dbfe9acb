import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { createDefaultKinds, kindId } from '../../api/features/case-kinds/default-kinds.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { signIn, testApp } from '../fixtures/app.ts'

/** Photos: what is taken, what is refused, what is left of a file, and who sees it. */

const dataDir = mkdtempSync(path.join(tmpdir(), 'jiexu-media-'))
t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
const { app, engine } = await testApp(t, { settings: { dataDir } })
const { id: community } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
await asCommunities(engine.db, [community], (trx) => createDefaultKinds(trx, community))
const [inspector, leader, resident, unit] = await Promise.all(
  ['inspector', 'leader', 'resident', 'unit'].map((login) => signIn(app, login, `${login}-demo`)),
)

const SAME_ORIGIN = { 'sec-fetch-site': 'same-origin' }

const put = (
  id: string,
  payload: Buffer,
  cookie?: string,
  type = 'image/jpeg',
  role = 'evidence',
) =>
  app.inject({
    method: 'PUT',
    url: `/api/media/${id}?community=tongjian&role=${role}`,
    headers: { ...SAME_ORIGIN, 'content-type': type, ...(cookie && { cookie }) },
    payload,
  })

const get = (id: string, query = '', cookie?: string) =>
  app.inject({
    url: `/api/media/${id}?community=tongjian${query}`,
    headers: { ...SAME_ORIGIN, ...(cookie && { cookie }) },
  })

/** A grey picture with a camera's notes: local time with offset, place in Lhasa, turned a quarter. */
const photo = (width = 3000, height = 2000) =>
  sharp({ create: { width, height, channels: 3, background: '#888' } })
    .withExif({
      IFD0: { Make: 'Camera' },
      IFD2: { DateTimeOriginal: '2026:09:14 08:30:00', OffsetTimeOriginal: '+08:00' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '29/1 39/1 36/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '91/1 8/1 24/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer()

t.test(
  'a photo is kept upright, at most 2,048 px, without notes; time and place are read',
  async (t) => {
    const id = uuidv7()
    const sent = await put(id, await photo(), inspector)
    t.equal(sent.statusCode, 201, sent.body)
    t.match(sent.json(), { width: 1365, height: 2048, content_type: 'image/jpeg' })
    t.equal(sent.json().taken_at, '2026-09-14T00:30:00.000Z')
    t.equal(sent.json().taken_lat.toFixed(4), '29.6600')
    t.equal(sent.json().taken_lon.toFixed(4), '91.1400')
    const read = await get(id, '', inspector)
    t.equal(read.headers['content-type'], 'image/jpeg')
    const kept = await sharp(read.rawPayload).metadata()
    t.equal(kept.exif, undefined, 'no notes')
    t.equal(kept.orientation, undefined)
    t.equal(kept.height, 2048)
    const thumb = await sharp((await get(id, '&size=thumb', inspector)).rawPayload).metadata()
    t.equal(thumb.height, 320)
    const again = await app.inject({
      url: `/api/media/${id}?community=tongjian`,
      headers: {
        ...SAME_ORIGIN,
        cookie: inspector!,
        'if-none-match': String(read.headers['etag']),
      },
    })
    t.equal(again.statusCode, 304)
  },
)

t.test(
  'the same photo again is stored once; other bytes or another sender are refused',
  async (t) => {
    const id = uuidv7()
    const bytes = await photo(40, 30)
    const before = filesIn(dataDir)
    t.equal((await put(id, bytes, inspector)).statusCode, 201)
    t.equal((await put(id, bytes, inspector)).statusCode, 200)
    t.equal(filesIn(dataDir), before + 2, 'the photo and its small form')
    t.equal((await put(id, await photo(50, 30), inspector)).statusCode, 409)
    t.equal((await put(id, bytes, leader)).statusCode, 409)
    const other = uuidv7()
    const both = await Promise.all([put(other, bytes, inspector), put(other, bytes, inspector)])
    t.same(both.map((reply) => reply.statusCode).sort(), [200, 201])
    t.equal(filesIn(dataDir), before + 4)
  },
)

t.test('what is no photo is refused with its reason', async (t) => {
  const jpeg = await photo(60, 60)
  const cases: [string, Buffer, string][] = [
    ['nothing at all', Buffer.alloc(0), 'image/jpeg'],
    ['text that says it is a photo', Buffer.from('hello, I am a photo'), 'image/jpeg'],
    ['an archive', Buffer.from('504b0304140000000000', 'hex'), 'image/jpeg'],
    [
      'a drawing with a script',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      'image/jpeg',
    ],
    ['half a photo', jpeg.subarray(0, Math.floor(jpeg.length / 3)), 'image/jpeg'],
    ['a picture of 30,000 × 30,000 pixels', hugePng(), 'image/png'],
    ['an animation', Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64'), 'image/png'],
  ]
  for (const [name, bytes, type] of cases) {
    const reply = await put(uuidv7(), bytes, inspector, type)
    t.ok(reply.statusCode === 422 || reply.statusCode === 400, `${name}: ${reply.statusCode}`)
    t.match(reply.headers['content-type'], 'application/problem+json', name)
  }
  t.equal((await put(uuidv7(), Buffer.alloc(16 * 1024 * 1024), inspector)).statusCode, 413)
  t.equal((await put(uuidv7(), jpeg, inspector, 'image/svg+xml')).statusCode, 415)
  t.equal((await put('not-an-id', jpeg, inspector)).statusCode, 400)
})

t.test('a photo with an archive behind it comes out as a photo alone', async (t) => {
  const id = uuidv7()
  const hidden = Buffer.concat([await photo(60, 60), Buffer.from('PK\x03\x04 secret archive')])
  t.equal((await put(id, hidden, inspector)).statusCode, 201)
  t.notOk((await get(id, '', inspector)).rawPayload.includes('secret archive'))
})

t.test('who may see the record sees its photo, nobody else', async (t) => {
  const id = uuidv7()
  const case_id = uuidv7()
  t.equal((await put(id, await photo(60, 60), inspector)).statusCode, 201)
  t.equal((await get(id, '', inspector)).statusCode, 200, 'whoever took it')
  t.equal((await get(id, '', leader)).statusCode, 404, 'it belongs to no record yet')
  const reported = await app.inject({
    method: 'POST',
    url: '/api/cases?community=tongjian',
    headers: { ...SAME_ORIGIN, cookie: inspector! },
    payload: {
      id: case_id,
      kind_id: kindId(community, 'street.outside_trading'),
      lon: 91.1437,
      lat: 29.6537,
      found_at: new Date().toISOString(),
      media: [id],
    },
  })
  t.equal(reported.statusCode, 201, reported.body)
  t.equal((await get(id, '', leader)).statusCode, 200)
  for (const [who, cookie] of [
    ['a guest', undefined],
    ['a resident', resident],
    ['a unit that was not sent', unit],
  ] as const)
    t.equal((await get(id, '', cookie)).statusCode, 404, who)
  const move = (payload: object) =>
    app.inject({
      method: 'POST',
      url: `/api/cases/${case_id}/steps?community=tongjian`,
      headers: { ...SAME_ORIGIN, cookie: leader! },
      payload: { id: uuidv7(), ...payload },
    })
  await move({ action: 'file' })
  const units = (await app.inject('/api/units?community=tongjian')).json().units as { id: string }[]
  const sent = await move({
    action: 'dispatch',
    units: [{ unit_id: units[4]!.id, is_lead: true }],
  })
  const link = (sent.json().links as { path: string }[])[0]!.path.split('link=')[1]
  t.equal((await get(id, `&link=${link}`)).statusCode, 200, 'the unit that was sent, by its link')
  t.equal((await get(id, `&link=${'A'.repeat(43)}`)).statusCode, 404, 'another link')
  const open = (cookie: string | undefined, is_public: boolean) =>
    app.inject({
      method: 'PATCH',
      url: `/api/media/${id}?community=tongjian`,
      headers: { ...SAME_ORIGIN, ...(cookie && { cookie }) },
      payload: { is_public },
    })
  t.equal((await open(inspector, true)).statusCode, 403)
  t.equal((await open(leader, true)).statusCode, 200)
  t.equal((await get(id)).statusCode, 200, 'a public photo')
})

t.test('a photo of somebody else cannot be claimed for an own report', async (t) => {
  const id = uuidv7()
  await put(id, await photo(60, 60), leader)
  const reply = await app.inject({
    method: 'POST',
    url: '/api/cases?community=tongjian',
    headers: { ...SAME_ORIGIN, cookie: inspector! },
    payload: {
      id: uuidv7(),
      kind_id: kindId(community, 'street.outside_trading'),
      lon: 91.1437,
      lat: 29.6537,
      found_at: new Date().toISOString(),
      media: [id],
    },
  })
  t.equal(reply.statusCode, 422)
  t.match(reply.json().errors, [{ path: 'media/0' }])
})

function filesIn(folder: string): number {
  const media = path.join(folder, 'media')
  if (!existsSync(media)) return 0
  return readdirSync(media, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
    .length
}

/** A PNG whose header promises 900 million pixels and whose data is a few bytes. */
function hugePng(): Buffer {
  const header = Buffer.from(
    '89504e470d0a1a0a0000000d49484452000075300000753008060000006ce1b1b7',
    'hex',
  )
  return Buffer.concat([header, Buffer.from('0000000049454e44ae426082', 'hex')])
}
