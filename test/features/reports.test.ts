import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { testApp } from '../fixtures/app.ts'
import { caseDesk, HERE } from '../fixtures/cases.ts'

const running = await testApp(t)
const { app, engine } = running
const desk = await caseDesk(running)
const { call, get, post, report, move, newCase, newStep, units } = desk
const kind = await desk.addKind('test.public', { duplicate_radius_m: 50, subject: 'vehicle' })
const hidden = await desk.addKind('test.hidden', { is_public: false })
const closed = await desk.addKind('test.staff-only', { is_open_to_public: false })

/** Whatever people typed or are: none of it may stand in a public answer. */
const PLANTED = {
  description: '住在三单元的张先生 PLANTED-WORDS',
  email: 'planted@example.org',
  plate: '藏A·77777',
  reason: 'PLANTED-REASON',
  note: 'PLANTED-NOTE',
  message: 'PLANTED-MESSAGE',
  result: 'PLANTED-RESULT',
}
const SECRETS = [
  'PLANTED',
  'planted@',
  '7777',
  '张先生',
  '负责人',
  '网格员',
  'leader',
  'inspector',
  'actor',
  'account',
  'subject',
]

t.test(
  'no public answer holds a word that people wrote, a name, a contact or a plate',
  async (t) => {
    const said = newCase(kind.id, {
      description: PLANTED.description,
      contact: { email: PLANTED.email },
      subject: { plate: PLANTED.plate },
    })
    const receipt = (await post('nobody', '/cases?community=tongjian', said)).json()
    const followed = (
      await post('nobody', `/reports/${receipt.number}/follow?community=tongjian`, {
        email: PLANTED.email,
      })
    ).json()
    await move(
      'leader',
      said.id,
      ['note', { note: PLANTED.note }],
      ['hold', { reason: PLANTED.reason }],
      ['resume'],
      ['file'],
      ['dispatch', { units: [{ unit_id: units[0]!.id, is_lead: true }], message: PLANTED.message }],
    )
    const { paths } = app.swagger() as { paths: Record<string, Record<string, unknown>> }
    const filled = (path: string) =>
      path
        .replace(/\{(id|dispatch_id)\}/, said.id)
        .replace('{number}', receipt.number)
        .replace('{token}', receipt.follow_token)
        .replace('{link}', 'a'.repeat(43))
        .replace('{community}', 'tongjian')
        .replace('{layer}', 'all')
        .replace(/\{[zxy]\}/g, '0')
    let read = 0
    for (const [path, methods] of Object.entries(paths)) {
      if (!('get' in methods) || /events$|docs|openapi/.test(path)) continue
      const query = new URLSearchParams()
      const parameters = (methods['get'] as { parameters?: { name: string }[] }).parameters ?? []
      if (parameters.some(({ name }) => name === 'community')) query.set('community', 'tongjian')
      if (path.endsWith('/near')) {
        query.set('kind_id', kind.id)
        query.set('lon', String(HERE.lon))
        query.set('lat', String(HERE.lat))
      }
      const reply = await app.inject(`${filled(path)}?${query.toString()}`)
      if (reply.statusCode !== 200) continue
      read++
      for (const secret of ['PLANTED', 'planted@', '139-0000', '张先生', '77777'])
        if (reply.body.includes(secret)) t.fail(`${path} shows ${secret}`)
    }
    t.ok(read > 20, `${read} public answers`)
    for (const path of [`/reports/${receipt.number}`, `/reports/mine/${followed.follow_token}`]) {
      const reply = await get('nobody', `${path}?community=tongjian`)
      t.match(reply.json(), { number: receipt.number, step: 'dispatch', status: 'open' })
      t.equal(reply.json().holder.name_zh, units[0]!.name_zh, 'who holds it')
      for (const secret of SECRETS) t.notOk(reply.body.includes(secret), `${path}: ${secret}`)
    }
    const near = await get(
      'nobody',
      `/cases/near?community=tongjian&kind_id=${kind.id}&lon=${HERE.lon}&lat=${HERE.lat}`,
    )
    t.same(Object.keys(near.json().near[0]).sort(), [
      'distance_m',
      'found_at',
      'id',
      'kind_id',
      'number',
      'step',
    ])
  },
)

t.test('a report of a kind that is not public opens by its secret only', async (t) => {
  const said = newCase(hidden.id)
  const { number, follow_token } = (await post('nobody', '/cases?community=tongjian', said)).json()
  const byNumber = await get('nobody', `/reports/${number}?community=tongjian`)
  const unknown = await get('nobody', '/reports/2026-999999?community=tongjian')
  t.same([byNumber.statusCode, unknown.statusCode], [404, 404])
  t.same({ ...byNumber.json(), instance: '' }, { ...unknown.json(), instance: '' }, 'alike')
  const bySecret = await get('nobody', `/reports/mine/${follow_token}?community=tongjian`)
  t.match(bySecret.json(), { number, is_mine: true })
  const follow = await post('nobody', `/reports/${number}/follow?community=tongjian`, {})
  t.equal(follow.statusCode, 404)
})

t.test('a lost answer is answered again with the same secret, and to nobody else', async (t) => {
  const said = newCase(kind.id, { description: '再来一次' })
  const once = await post('nobody', '/cases?community=tongjian', said)
  const twice = await post('nobody', '/cases?community=tongjian', said)
  t.same([once.statusCode, twice.statusCode], [201, 200])
  t.equal(twice.json().follow_token, once.json().follow_token)
  t.equal(twice.json().number, once.json().number)
  const changed = await post('nobody', '/cases?community=tongjian', { ...said, lon: 91.1449 })
  t.match(changed.json(), { status: 409, type: /cases\/id-taken/ })
  t.equal((await post('resident', '/cases', said)).statusCode, 409, "another account's id")
})

t.test('only who reported it rates it, once it is closed', async (t) => {
  const said = newCase(kind.id)
  const { number, follow_token } = (await post('nobody', '/cases?community=tongjian', said)).json()
  const rate = (token: string, satisfaction = 4) =>
    post('nobody', `/reports/mine/${token}/steps?community=tongjian`, {
      id: uuidv7(),
      action: 'rate',
      satisfaction,
    })
  t.equal((await rate(follow_token)).statusCode, 409, 'not closed yet')
  const follower = (await post('nobody', `/reports/${number}/follow?community=tongjian`, {})).json()
    .follow_token
  await move('leader', said.id, ['file'])
  await move('inspector', said.id, ['put_right'])
  await move('leader', said.id, ['verify'])
  t.equal((await rate(follower)).statusCode, 403)
  t.equal((await rate(follow_token, 6)).statusCode, 422)
  const rated = await rate(follow_token)
  t.match(rated.json(), { step: 'evaluation', satisfaction: 4, may_rate: false })
  t.equal((await rate('a'.repeat(43))).statusCode, 404)
})

t.test('a unit link opens its order until it is called back', async (t) => {
  const id = await report('inspector', kind.id)
  await move('leader', id, ['file'])
  const sent = await move('leader', id, [
    'dispatch',
    { units: [{ unit_id: units[0]!.id, is_lead: true }] },
  ])
  const url = `/inbox/${sent.links[0]!.path.split('link=')[1]!}?community=tongjian`
  t.equal((await get('nobody', url)).statusCode, 200)
  const stored = await engine.db.selectFrom('dispatch_unit').select('link_hash').execute()
  t.notOk(
    stored.some((row) => url.includes(row.link_hash)),
    'only its hash is kept',
  )
  const foreign = await post('nobody', url.replace('?', '/steps?'), newStep('verify'))
  t.equal(foreign.statusCode, 403, 'a unit closes nothing')
  await move('leader', id, ['recall', { reason: '改派' }])
  t.equal((await get('nobody', url)).statusCode, 404)
  t.equal((await post('nobody', url.replace('?', '/steps?'), newStep('accept'))).statusCode, 404)
})

t.test('a merchant puts right what is on the own frontage, and nothing else', async (t) => {
  const frontage = await engine.db
    .selectFrom('frontage')
    .select(['id', 'merchant_id'])
    .where('community_id', '=', desk.community_id)
    .where('merchant_id', 'is not', null)
    // The sample has cases on some frontages.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('case_file')
            .select('id')
            .whereRef('case_file.place_id', '=', 'frontage.id'),
        ),
      ),
    )
    .executeTakeFirstOrThrow()
  await engine.db
    .updateTable('membership')
    .set({ merchant_id: frontage.merchant_id })
    .where('role', '=', 'merchant')
    .where('community_id', '=', desk.community_id)
    .execute()
  const own = await report('inspector', kind.id, { place: { kind: 'frontage', id: frontage.id } })
  const reported = await report('merchant', kind.id)
  for (const id of [own, reported]) await move('leader', id, ['file'])
  const mine = (await get('merchant', '/cases?mine=true')).json().cases
  t.same(
    mine.map((one: { id: string }) => one.id).sort(),
    [own, reported].sort(),
    'both are theirs to see',
  )
  const right = await call('merchant', 'POST', `/cases/${own}/steps`, newStep('put_right'))
  t.equal(right.json().case.step, 'feedback')
  const other = await call('merchant', 'POST', `/cases/${reported}/steps`, newStep('put_right'))
  t.equal(other.statusCode, 404)
})

t.test('residents report only kinds that are open to them', async (t) => {
  const reply = await post('nobody', '/cases?community=tongjian', newCase(closed.id))
  t.match(reply.json(), { status: 422, errors: [{ path: 'kind_id' }] })
  t.equal((await post('inspector', '/cases', newCase(closed.id))).statusCode, 201)
})
