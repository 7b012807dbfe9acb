import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import sharp from 'sharp'
import { signIn, testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

const running = await testApp(t)
const { app, engine } = running
const desk = await caseDesk(running)
const { get, post, newCase, newStep, move, step, view, report } = desk
const kind = await desk.addKind('test.noted', { duplicate_radius_m: 0 })
const photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#567' } })
  .jpeg()
  .toBuffer()

async function sendPhoto(cookie = ''): Promise<string> {
  const id = uuidv7()
  const reply = await app.inject({
    method: 'PUT',
    url: `/api/media/${id}?community=tongjian`,
    headers: { cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'image/jpeg' },
    payload: photo,
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return id
}

const bySecret = (token: string, more: object, id = uuidv7()) =>
  post('nobody', `/reports/mine/${token}/steps?community=tongjian`, { id, action: 'note', ...more })

t.test(
  'whoever reported adds words and a photo by the secret, once, while it is open',
  async (t) => {
    const said = newCase(kind.id)
    const { number, follow_token } = (
      await post('nobody', '/cases?community=tongjian', said)
    ).json()
    const media = [await sendPhoto()]
    const id = uuidv7()
    const added = await bySecret(follow_token, { note: '现在更多了', media }, id)
    t.match(added.json(), { may_add: true, steps: [{ action: 'report' }, { action: 'note' }] })
    t.notMatch(added.body, '更多', 'nobody reads words by a link')
    t.equal((await bySecret(follow_token, { note: '现在更多了', media }, id)).statusCode, 200)
    const seen = await view('leader', said.id)
    t.match(
      seen.steps.filter(({ action }) => action === 'note'),
      [{ id, note: '现在更多了', actor_role: 'resident' }],
    )
    t.match(seen.media, [{ id: media[0], step_id: id }])
    const told = await engine.db
      .selectFrom('notification')
      .select('message_key')
      .where('case_id', '=', said.id)
      .where('message_key', '=', 'notice.case_noted')
      .execute()
    t.equal(told.length, 1, 'the leader is told once')

    t.match((await bySecret(follow_token, {})).json(), { status: 422, errors: [{ path: 'note' }] })
    t.match((await bySecret(follow_token, { media: [uuidv7()] })).json(), {
      status: 422,
      errors: [{ path: 'media/0' }],
    })
    const open = await get('nobody', `/reports/${number}?community=tongjian`)
    t.match(open.json(), { may_add: false, steps: [{ action: 'report' }] })
    const { follow_token: follower } = (
      await post('nobody', `/reports/${number}/follow?community=tongjian`, {})
    ).json()
    t.equal((await bySecret(follower, { note: '我也看到了' })).statusCode, 403)
    t.match((await get('nobody', `/reports/mine/${follower}?community=tongjian`)).json(), {
      may_add: false,
      may_rate: false,
      is_mine: true,
    })

    await move('leader', said.id, ['refuse', { reason: '不属实' }])
    const late = await bySecret(follow_token, { note: '还在' })
    t.match(late.json(), { status: 409, type: /step-not-allowed/ })
  },
)

t.test('also signed in, on the own report and no other', async (t) => {
  const own = await report('resident', kind.id)
  const cookie = await signIn(app, 'resident', 'resident-demo')
  const media = [await sendPhoto(cookie)]
  t.equal((await step('resident', own, 'note', { note: '又来了', media })).statusCode, 200)
  t.match((await view('leader', own)).media, [{ id: media[0] }])
  const other = await report('inspector', kind.id)
  t.equal((await step('resident', other, 'note', { note: '看看' })).statusCode, 404)
})

t.test('what an inspector reports outside the own grids is kept with a flag', async (t) => {
  const inside = await view('leader', await report('inspector', kind.id))
  t.same(inside.flags, [])
  const { id: elsewhere } = await engine.db
    .selectFrom('grid')
    .select('id')
    .where('community_id', '=', desk.community_id)
    .where('valid_to', 'is', null)
    .where('id', '!=', inside.grid_id!)
    .limit(1)
    .executeTakeFirstOrThrow()
  const only = (grid_ids: string[]) =>
    engine.db
      .updateTable('membership')
      .set({ grid_ids })
      .where('community_id', '=', desk.community_id)
      .where('role', '=', 'inspector')
      .execute()
  await only([elsewhere])
  const outside = await report('inspector', kind.id)
  t.same((await view('leader', outside)).flags, ['outside_grid'])
  await only([inside.grid_id!])
  t.same((await view('leader', await report('inspector', kind.id))).flags, [])
  await only([])
  t.same((await view('leader', await report('leader', kind.id))).flags, [])
})

t.test('a telephone number is not asked for, and refused', async (t) => {
  const said = { ...newCase(kind.id), contact: { phone: '13900007777' } }
  const reply = await post('nobody', '/cases?community=tongjian', said)
  t.match(reply.json(), { status: 422, errors: [{ path: 'contact/phone' }] })
  t.equal((await step('nobody', said.id, newStep('note').action)).statusCode, 401)
})
