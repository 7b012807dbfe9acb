import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { asCommunities } from '../../api/db/tenant.ts'
import { createDefaultKinds, kindId } from '../../api/features/case-kinds/default-kinds.ts'
import { ESCALATE_MINUTES, REMIND_MINUTES, runClock } from '../../api/features/clock/jobs.ts'
import { takeOverdue } from '../../api/features/clock/store.ts'
import { sweep } from '../../api/features/clock/sweep.ts'
import { sweepMedia } from '../../api/features/media/sweep.ts'
import { signIn, testApp, TEST_SETTINGS } from '../fixtures/app.ts'

/** What the clock does with cases, and what the nightly sweep removes: each of it once. */

const dataDir = mkdtempSync(path.join(tmpdir(), 'jiexu-clock-'))
t.teardown(() => rmSync(dataDir, { recursive: true, force: true }))
const { app, engine } = await testApp(t, { settings: { dataDir } })
const { db } = engine
const { id: community } = await db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
await asCommunities(db, [community], (trx) => createDefaultKinds(trx, community))
const inspector = await signIn(app, 'inspector', 'inspector-demo')
const leader = await signIn(app, 'leader', 'leader-demo')
const MINUTE = 60_000
const headers = (cookie: string) => ({ 'sec-fetch-site': 'same-origin', cookie })
// The sample's own cases stay out of the counts.
await db.updateTable('case_file').set({ due_at: null, due_what: null }).execute()
await db.updateTable('revisit').set({ due_on: '2999-01-01' }).execute()
await db.updateTable('dispatch').set({ arrive_by: null }).execute()

const newCase = async () => {
  const id = uuidv7()
  const reply = await app.inject({
    method: 'POST',
    url: '/api/cases?community=tongjian',
    headers: headers(inspector),
    payload: {
      id,
      kind_id: kindId(community, 'street.outside_trading'),
      lon: 91.1437,
      lat: 29.6537,
      found_at: new Date().toISOString(),
    },
  })
  if (reply.statusCode > 201) throw new Error(reply.body)
  return id
}
const dueAt = (id: string, due_at: Date) =>
  db
    .updateTable('case_file')
    .set({ due_at, due_what: 'file', reminded_at: null, overdue_at: null })
    .where('id', '=', id)
    .execute()
const told = async (id: string, key: string) =>
  (
    await db
      .selectFrom('notification')
      .select('id')
      .where('case_id', '=', id)
      .where('message_key', '=', `notice.${key}`)
      .execute()
  ).length
const after = (at: Date, minutes: number) => new Date(at.getTime() + minutes * MINUTE)

t.test('a due time is reminded of once, overdue once, escalated once an hour later', async (t) => {
  const id = await newCase()
  const due = new Date(Date.now() + 600 * MINUTE)
  await dueAt(id, due)
  t.match(await runClock(engine, after(due, -REMIND_MINUTES - 1)), { reminded: 0, overdue: 0 })
  t.match(await runClock(engine, after(due, -REMIND_MINUTES)), { reminded: 1, overdue: 0 })
  t.match(await runClock(engine, after(due, -1)), { reminded: 0, overdue: 0 })
  t.match(await runClock(engine, due), { reminded: 0, overdue: 1, escalated: 0 })
  t.match(await runClock(engine, after(due, ESCALATE_MINUTES - 1)), { overdue: 0, escalated: 0 })
  t.match(await runClock(engine, after(due, ESCALATE_MINUTES)), { overdue: 0, escalated: 1 })
  t.match(await runClock(engine, after(due, 5000)), { reminded: 0, overdue: 0, escalated: 0 })
  t.equal(await told(id, 'case_due_soon'), 1)
  t.equal(await told(id, 'case_overdue'), 1)
  t.equal(await told(id, 'case_escalate'), 1)
  const view = (
    await app.inject({
      url: `/api/cases/${id}?community=tongjian`,
      headers: headers(leader),
    })
  ).json()
  t.equal(view.escalation, 1)
  t.match(
    view.steps.find((step: { action: string }) => step.action === 'escalate'),
    { actor_role: 'system', from_step: 'collection', to_step: 'collection' },
  )
  await dueAt(id, after(due, 6000))
  t.match(await runClock(engine, after(due, 6000)), { overdue: 1 }, 'a later due time counts anew')
  await db.updateTable('case_file').set({ due_at: null }).where('id', '=', id).execute()
})

t.test('who dies before the commit leaves nothing, and the next does it once', async (t) => {
  const id = await newCase()
  const due = new Date(Date.now() + 60 * MINUTE)
  await dueAt(id, due)
  await t.rejects(
    asCommunities(db, [community], async (trx) => {
      t.equal((await takeOverdue(trx, community, due)).length, 1)
      throw new Error('killed')
    }),
    { message: 'killed' },
  )
  const both = await Promise.all([runClock(engine, due), runClock(engine, due)])
  t.equal(both[0].overdue + both[1].overdue, 1, 'two instances at the same moment')
  const later = after(due, ESCALATE_MINUTES)
  const again = await Promise.all([runClock(engine, later), runClock(engine, later)])
  t.equal(again[0].escalated + again[1].escalated, 1)
  t.equal(await told(id, 'case_overdue'), 1)
  t.equal(await told(id, 'case_escalate'), 1)
  await db.updateTable('case_file').set({ due_at: null }).where('id', '=', id).execute()
})

t.test('a unit that did not arrive and a re-visit that is due are asked after once', async (t) => {
  const id = await newCase()
  const { id: unit_id } = await db
    .selectFrom('partner_unit')
    .select('id')
    .where('community_id', '=', community)
    .executeTakeFirstOrThrow()
  const move = async (payload: object) => {
    const reply = await app.inject({
      method: 'POST',
      url: `/api/cases/${id}/steps?community=tongjian`,
      headers: headers(leader),
      payload: { id: uuidv7(), ...payload },
    })
    t.ok(reply.statusCode <= 201, reply.body)
  }
  const arrive_by = new Date(Date.now() + 20 * MINUTE)
  await move({ action: 'file' })
  await move({
    action: 'dispatch',
    units: [{ unit_id, is_lead: true }],
    arrive_by: arrive_by.toISOString(),
  })
  t.match(await runClock(engine, after(arrive_by, -1)), { not_arrived: 0, revisits: 0 })
  t.match(await runClock(engine, arrive_by), { not_arrived: 1 })
  t.match(await runClock(engine, after(arrive_by, 5)), { not_arrived: 0 })
  t.equal(await told(id, 'case_not_arrived'), 1, 'the leader; the unit has no account')
  await db
    .insertInto('revisit')
    .values({
      community_id: community,
      id: uuidv7(),
      case_id: id,
      due_on: '2030-03-01',
      done_at: null,
      done_by: null,
      result: null,
      note: null,
    })
    .execute()
  await db.updateTable('case_file').set({ due_at: null }).where('id', '=', id).execute()
  // Midnight in Lhasa is 16:00 UTC of the day before.
  t.match(await runClock(engine, new Date('2030-02-28T15:59:00Z')), { revisits: 0 })
  t.match(await runClock(engine, new Date('2030-02-28T16:00:00Z')), { revisits: 1 })
  t.match(await runClock(engine, new Date('2030-03-02T16:00:00Z')), { revisits: 0 })
})

t.test('the sweep removes what has had its time and nothing else', async (t) => {
  const now = new Date()
  const follower = (delete_after: Date) => ({
    community_id: community,
    id: uuidv7(),
    token_hash: uuidv7(),
    email: 'somebody@example.org',
    phone: null,
    is_reporter: false,
    delete_after,
  })
  const case_id = await newCase()
  const old = follower(after(now, -1))
  const fresh = follower(after(now, 1))
  await db
    .insertInto('case_follower')
    .values([old, fresh].map((one) => ({ ...one, case_id })))
    .execute()
  t.match(await sweep(engine, now), { contacts: 1 })
  t.match(await sweep(engine, now), { contacts: 0 })
  const left = await db
    .selectFrom('case_follower')
    .select(['id', 'email'])
    .where('id', 'in', [old.id, fresh.id])
    .execute()
  t.equal(left.find(({ id }) => id === old.id)?.email, null)
  t.equal(left.find(({ id }) => id === fresh.id)?.email, 'somebody@example.org')
})

t.test('a photo that no record names goes with its files, after a day of a guest', async (t) => {
  const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#777' } })
    .jpeg()
    .toBuffer()
  const put = async (cookie?: string) => {
    const id = uuidv7()
    const reply = await app.inject({
      method: 'PUT',
      url: `/api/media/${id}?community=tongjian`,
      headers: {
        'sec-fetch-site': 'same-origin',
        'content-type': 'image/jpeg',
        ...(cookie && { cookie }),
      },
      payload: bytes,
    })
    t.equal(reply.statusCode, 201, reply.body)
    const row = await db
      .selectFrom('media')
      .select('storage_key')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    return path.join(dataDir, 'media', `${row.storage_key}.jpg`)
  }
  const guests = await put()
  const own = await put(inspector)
  const settings = { ...TEST_SETTINGS, dataDir }
  const now = new Date()
  t.equal(await sweepMedia(engine, settings, after(now, 23 * 60)), 0)
  t.equal(await sweepMedia(engine, settings, after(now, 24 * 60 + 1)), 1)
  t.notOk(existsSync(guests))
  t.ok(existsSync(own))
  t.equal(await sweepMedia(engine, settings, after(now, 7 * 24 * 60 + 1)), 1)
  t.notOk(existsSync(own))
})
