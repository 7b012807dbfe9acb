import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

/** A shop and the ground before it: what it is told, what it may do, and what stays hidden from it. */
const running = await testApp(t)
const { engine } = running
const desk = await caseDesk(running)
const { get, report, move, step } = desk
const kind = await desk.addKind('test.shop', { subject: 'merchant', duplicate_radius_m: 0 })
const hidden = await desk.addKind('test.shop_hidden', { is_public: false, duplicate_radius_m: 0 })
const { merchant_id } = await engine.db
  .selectFrom('membership')
  .select('merchant_id')
  .where('role', '=', 'merchant')
  .where('community_id', '=', desk.community_id)
  .executeTakeFirstOrThrow()
const frontages = await engine.db
  .selectFrom('frontage')
  .select(['id', 'merchant_id'])
  .where('community_id', '=', desk.community_id)
  .where('merchant_id', 'is not', null)
  .execute()
const own = {
  kind: 'frontage' as const,
  id: frontages.find((f) => f.merchant_id === merchant_id)!.id,
}
const other = frontages.find((f) => f.merchant_id !== merchant_id)!
const jpeg = await photo()

const shop = async (role = 'merchant') => (await get(role, '/shop?community=tongjian')).json()
const caseOf = async (id: string) =>
  (await shop()).cases.find((one: { id: string }) => one.id === id)
const noticesOf = async (role: string): Promise<string[]> =>
  (await get(role, '/notifications'))
    .json()
    .notifications.map((one: { message_key: string }) => one.message_key)

async function photo(): Promise<Buffer> {
  const { default: sharp } = await import('sharp')
  return sharp({ create: { width: 64, height: 48, channels: 3, background: '#888' } })
    .jpeg()
    .toBuffer()
}

t.test('a shop sees its frontages with their shape; nobody else has one', async (t) => {
  const { shops } = await shop()
  t.match(shops, [{ id: merchant_id, frontages: [{ id: own.id, geometry: { type: 'Polygon' } }] }])
  for (const role of ['resident', 'inspector', 'unit', 'planner', 'leader'])
    t.equal((await get(role, '/shop?community=tongjian')).statusCode, 403, role)
  t.equal((await get('nobody', '/shop?community=tongjian')).statusCode, 401)
})

t.test('it sees what lies on its ground or is about it, without anybody’s words', async (t) => {
  const words = { description: '王某某店主说……' }
  const ground = await report('inspector', kind.id, { place: own, ...words })
  const about = await report('inspector', kind.id, { subject: { merchant_id: merchant_id! } })
  const elsewhere = await report('inspector', kind.id, {
    place: { kind: 'frontage', id: other.id },
    ...words,
  })
  const secret = await report('inspector', hidden.id, { place: own })
  const reported = await report('merchant', kind.id, { description: '对面占道' })
  const ids = (await shop()).cases.map((one: { id: string }) => one.id)
  t.ok(ids.includes(ground) && ids.includes(about))
  for (const id of [elsewhere, secret, reported]) t.notOk(ids.includes(id))
  for (const id of [elsewhere, secret])
    t.equal((await get('merchant', `/cases/${id}`)).statusCode, 404)
  await move('leader', ground, ['file'], ['note', { note: '店主态度差' }])
  for (const url of ['/shop?community=tongjian', '/cases?community=tongjian', `/cases/${ground}`]) {
    const { body } = await get('merchant', url)
    t.notOk(body.includes('店主'), url)
  }
  t.equal((await desk.view('merchant', reported)).description, '对面占道', 'its own words it reads')
})

t.test(
  'put right with a photo: those who check see it; sent back, it is asked again',
  async (t) => {
    const id = await report('inspector', kind.id, { place: own })
    t.match(await caseOf(id), { may_put_right: false, put_right_at: null }, 'it is filed first')
    t.equal((await step('merchant', id, 'put_right')).statusCode, 409)
    await move('leader', id, ['file'])
    t.match(await caseOf(id), { may_put_right: true })
    t.ok((await noticesOf('merchant')).includes('notice.case_at_shop'))
    const media = await send('after')
    await move('merchant', id, ['put_right', { note: '已清理', media: [media] }])
    t.match(await caseOf(id), {
      step: 'feedback',
      may_put_right: false,
      put_right_note: '已清理',
      sent_back_at: null,
      media: [{ id: media, role: 'after' }],
    })
    for (const role of ['leader', 'inspector']) {
      const view = await desk.view(role, id)
      t.match(
        view.steps.at(-1),
        { action: 'put_right', actor_role: 'merchant', note: '已清理' },
        role,
      )
      t.match(view.media, [{ id: media, role: 'after', step_id: view.steps.at(-1)!.id }], role)
      t.equal((await get(role, `/media/${media}?community=tongjian`)).statusCode, 200)
    }
    await move('leader', id, ['send_back', { reason: '还有杂物' }])
    t.match(await caseOf(id), { may_put_right: true, step: 'filing' })
    t.ok((await caseOf(id)).sent_back_at)
    t.ok((await noticesOf('merchant')).includes('notice.case_shop_sent_back'))
    await move('merchant', id, ['put_right', { media: [await send('after')] }])
    t.equal((await caseOf(id)).sent_back_at, null)
    await move('leader', id, ['verify'])
    t.match(await caseOf(id), { status: 'closed', may_put_right: false })
    t.ok((await noticesOf('merchant')).includes('notice.case_shop_closed'))
  },
)

t.test('a shop puts right nothing that is another’s, and sees none of its photos', async (t) => {
  const media = await send('evidence', 'inspector')
  const id = await report('inspector', kind.id, {
    place: { kind: 'frontage', id: other.id },
    media: [media],
  })
  await move('leader', id, ['file'])
  t.equal((await step('merchant', id, 'put_right')).statusCode, 404)
  t.equal((await get('merchant', `/media/${media}?community=tongjian`)).statusCode, 404)
  const about = await report('inspector', kind.id, {
    subject: { merchant_id: merchant_id! },
    media: [await send('evidence', 'inspector')],
  })
  const [seen] = (await caseOf(about)).media
  t.equal((await get('merchant', `/media/${seen.id}?community=tongjian`)).statusCode, 200)
})

/** Sends a photo; answers its id. */
async function send(role: 'after' | 'evidence', by = 'merchant'): Promise<string> {
  const id = uuidv7()
  const url = `/media/${id}?community=tongjian&role=${role}`
  const reply = await desk.call(by, 'PUT' as never, url, jpeg, {
    'content-type': 'image/jpeg',
  })
  if (reply.statusCode !== 201) throw new Error(reply.body)
  return id
}
