import { createHash } from 'node:crypto'
import sharp from 'sharp'
import t, { type Test as Tap } from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { hashOfPlate } from '../../api/http/secrets.ts'
import { signIn, TEST_SETTINGS, testApp } from '../fixtures/app.ts'
import { caseDesk, HERE } from '../fixtures/cases.ts'
import { addElsewhere, contentsOf, MARK } from '../fixtures/elsewhere.ts'

/** What the walk over all addresses leaves out, because anybody may write there: still nothing of another community. */

const running = await testApp(t)
const { engine } = running
const desk = await caseDesk(running)
const elsewhere = await addElsewhere(engine)
const theirs = elsewhere.ids
const PEOPLE = ['nobody', 'resident', 'inspector', 'leader']
const kind = await desk.addKind('test.walls', { duplicate_radius_m: 1000, subject: 'vehicle' })
const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#345' } })
  .jpeg()
  .toBuffer()
const secrets = [MARK, elsewhere.community_id, ...Object.values(theirs)]
const cookies: Record<string, string> = {}
for (const role of PEOPLE.slice(1)) cookies[role] = await signIn(running.app, role, `${role}-demo`)
const before = await contentsOf(engine, elsewhere.community_id)

/** Refused with one of `codes`, and nothing of theirs in the answer beyond what was asked with. */
function refused(
  t: Pick<Tap, 'ok' | 'notOk'>,
  reply: { statusCode: number; body: string },
  codes: readonly number[],
  what: string,
  asked: unknown = {},
) {
  t.ok(codes.includes(reply.statusCode), `${what}: ${reply.statusCode} ${reply.body.slice(0, 200)}`)
  for (const secret of secrets)
    if (!JSON.stringify(asked).includes(secret)) t.notOk(reply.body.includes(secret), what)
}
const put = (id: string, role: string, community: string) =>
  running.app.inject({
    method: 'PUT',
    url: `/api/media/${id}?community=${community}`,
    headers: {
      'content-type': 'image/jpeg',
      'sec-fetch-site': 'same-origin',
      ...(role !== 'nobody' && { cookie: cookies[role]! }),
    },
    payload: photo,
  })

t.test('a report names nothing of another community', async (t) => {
  for (const role of PEOPLE)
    for (const more of [
      { kind_id: theirs['case_kind'] },
      { segment_id: theirs['street_segment'] },
      { place: { kind: 'bay', id: theirs['bay'] } },
      { place: { kind: 'frontage', id: theirs['frontage'] } },
      { subject: { merchant_id: theirs['merchant'] } },
      { media: [theirs['media']] },
    ]) {
      const said = { ...desk.newCase(kind.id), ...more } as never
      const reply = await desk.post(role, '/cases?community=tongjian', said)
      refused(t, reply, [422], `${role} ${Object.keys(more)[0]}`, said)
    }
})

t.test('the id of their case makes a case here and changes none of theirs', async (t) => {
  const said = { ...desk.newCase(kind.id), id: theirs['case_file']! }
  const reply = await desk.post('inspector', '/cases?community=tongjian', said)
  t.equal(reply.statusCode, 201)
  t.equal(reply.json().near.length, 0, 'theirs at the same place is not near')
  for (const role of PEOPLE) {
    const there = await desk.post(role, '/cases?community=elsewhere', said)
    refused(t, there, [409, 422], `${role} takes their id there`, said)
  }
})

t.test('a photo under the id of theirs is another photo', async (t) => {
  for (const role of PEOPLE) {
    refused(t, await put(theirs['media']!, role, 'elsewhere'), [409], `${role} theirs`)
    const here = await put(theirs['media']!, role, 'tongjian')
    t.ok([200, 201, 409].includes(here.statusCode), here.body)
  }
})

t.test('numbers and secret links open nothing through another community', async (t) => {
  const token = 'T'.repeat(43)
  const { case_follower } = theirs
  const { token_hash } = await engine.db
    .selectFrom('case_follower')
    .select('token_hash')
    .where('id', '=', case_follower!)
    .executeTakeFirstOrThrow()
  const set = (hash: string) =>
    engine.db
      .updateTable('case_follower')
      .set({ token_hash: hash })
      .where('id', '=', case_follower!)
      .execute()
  await set(createHash('sha256').update(token).digest('hex'))
  const there = await desk.get('nobody', `/reports/mine/${token}?community=elsewhere`)
  t.equal(there.statusCode, 200, 'the link works where it belongs')
  for (const role of PEOPLE) {
    const steps = { id: uuidv7(), action: 'note', note: 'stolen' }
    for (const reply of [
      await desk.get(role, `/reports/mine/${token}?community=tongjian`),
      await desk.post(role, `/reports/mine/${token}/steps?community=tongjian`, steps),
      await desk.get(role, '/reports/2026-777001?community=tongjian'),
      await desk.post(role, '/reports/2026-777001/follow?community=tongjian', {}),
    ])
      refused(t, reply, [404], role)
  }
  await set(token_hash)
})

t.test('notices are read and marked by whom they are for', async (t) => {
  const notice = theirs['notification']!
  for (const role of ['resident', 'inspector', 'leader']) {
    const list = await desk.get(role, '/notifications')
    // A case of ours has the id of one of theirs by now.
    for (const secret of secrets)
      if (secret !== theirs['case_file']) t.notOk(list.body.includes(secret), role)
    const reply = await desk.post(role, '/notifications/read', { ids: [notice] })
    refused(t, reply, [200, 204, 404], role, { ids: [notice] })
  }
})

t.test(
  'a vehicle known there is unknown here, and asked after only by whoever works there',
  async (t) => {
    const plate = '藏A·54321'
    const subject = theirs['subject']!
    const { plate_hash } = await engine.db
      .selectFrom('subject')
      .select('plate_hash')
      .where('id', '=', subject)
      .executeTakeFirstOrThrow()
    const hash = hashOfPlate(TEST_SETTINGS.plateKey, elsewhere.community_id, '藏A54321')
    await engine.db
      .updateTable('subject')
      .set({ plate_hash: hash })
      .where('id', '=', subject)
      .execute()
    const asked = { plate, kind_id: kind.id }
    const here = await desk.post('leader', '/subjects/lookup?community=tongjian', asked)
    t.match(here.json(), { cases: 0 })
    for (const role of PEOPLE) {
      const reply = await desk.post(role, '/subjects/lookup?community=elsewhere', asked)
      refused(t, reply, role === 'nobody' ? [401] : [403], role, asked)
    }
    await engine.db.updateTable('subject').set({ plate_hash }).where('id', '=', subject).execute()
  },
)

t.test('all of theirs is as it was', async (t) => {
  t.equal(await contentsOf(engine, elsewhere.community_id), before)
})

t.test('in another community a leader reports as any resident does', async (t) => {
  const said = { ...desk.newCase(theirs['case_kind']!), ...HERE, outcome: 'persuaded' as const }
  const reply = await desk.post('leader', '/cases?community=elsewhere', said)
  t.equal(reply.statusCode, 201, reply.body)
  const stored = await engine.db
    .selectFrom('case_file')
    .select(['source', 'outcome', 'status'])
    .where('id', '=', said.id)
    .executeTakeFirstOrThrow()
  t.match(stored, { source: 'resident', outcome: null, status: 'open' })
  const { case_file } = theirs
  t.equal((await desk.get('leader', `/cases/${case_file}?community=elsewhere`)).statusCode, 404)
})
