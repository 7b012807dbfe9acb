import t from 'tap'
import type { Finding } from '../../api/domain/rules/finding.ts'
import type { Rule } from '../../api/domain/rules/rule-pack.ts'
import { buildApp } from '../../api/app.ts'
import { ChangeFeed } from '../../api/db/change-feed.ts'
import { StreetModels } from '../../api/model/street-models.ts'
import { signIn, TEST_SETTINGS, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const planner = await signIn(app, 'planner', 'planner-demo')
const leader = await signIn(app, 'leader', 'leader-demo')
const inspector = await signIn(app, 'inspector', 'inspector-demo')

interface Asked {
  cookie?: string
  body?: object
  ifMatch?: string
}
async function ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, asked: Asked = {}) {
  const reply = await app.inject({
    method,
    url: `/api${path}`,
    headers: {
      'sec-fetch-site': 'same-origin',
      ...(asked.cookie && { cookie: asked.cookie }),
      ...(asked.ifMatch && { 'if-match': asked.ifMatch }),
    },
    ...(asked.body && { payload: asked.body }),
  })
  return { status: reply.statusCode, body: reply.json(), etag: reply.headers.etag as string }
}

const copy = async (copyOf: string, name = 'Ours') =>
  ask('POST', '/rule_packs', {
    cookie: planner,
    body: { copy_of: copyOf, name_zh: '本社区', name_en: name, reason: 'to try' },
  })
const activate = async (id: string, version: number) => {
  const { etag } = await ask('GET', '/rule_packs/active')
  return ask('PUT', '/rule_packs/active', { cookie: leader, ifMatch: etag, body: { id, version } })
}
const ruleOf = (pack: { rules: Rule[] }, id: string) => pack.rules.find((rule) => rule.id === id)!
const hardOf = async (ruleId: string) => {
  const { body } = await ask('GET', '/conflicts?of=bays')
  return (body.findings as Finding[]).filter(
    (finding) => finding.rule_id === ruleId && finding.severity === 'hard',
  )
}

t.test(
  'packs of cities ship with what their guides state, the rest is the default pack’s',
  async (t) => {
    const { body } = await ask('GET', '/rule_packs')
    const ids = body.rule_packs.map((pack: { id: string }) => pack.id)
    for (const id of [
      'cn-default',
      'guangzhou',
      'chengdu',
      'xiamen',
      'foshan',
      'beijing',
      'uk-inclusive-mobility',
    ])
      t.ok(ids.includes(id), id)
    t.match(body.active, { id: 'cn-default', version: 1, serial: 0 })
    const { body: guangzhou } = await ask('GET', '/rule_packs/guangzhou')
    t.same(ruleOf(guangzhou, 'B1').levels, [{ severity: 'hard', required: 3.5 }])
    t.equal(ruleOf(guangzhou, 'B1').from, undefined)
    t.match(ruleOf(guangzhou, 'B11a'), { from: 'cn-default' })
    const { body: base } = await ask('GET', '/rule_packs/cn-default')
    t.same(
      guangzhou.rules.map((rule: Rule) => rule.id),
      base.rules.map((rule: Rule) => rule.id),
    )
    const { body: chengdu } = await ask('GET', '/rule_packs/chengdu')
    t.match(ruleOf(chengdu, 'B4').source.url, /^http/)
    for (const { remarks, id } of body.rule_packs) t.equal(remarks.error, 0, id)
  },
)

t.test(
  'what ships is read-only; only planners and leaders copy, save and put in force',
  async (t) => {
    const change = { changes: [{ rule_id: 'B1', required: 3 }] }
    const saved = await ask('PATCH', '/rule_packs/cn-default', {
      cookie: planner,
      ifMatch: '"1"',
      body: change,
    })
    t.equal(saved.status, 403)
    t.match(saved.body.type, /rules\/read-only/)
    const body = { copy_of: 'cn-default', name_zh: '甲', name_en: 'A' }
    t.equal((await ask('POST', '/rule_packs', { cookie: inspector, body })).status, 403)
    t.equal((await ask('POST', '/rule_packs', { body })).status, 401)
    const active = { id: 'guangzhou', version: 1 }
    t.equal(
      (await ask('PUT', '/rule_packs/active', { cookie: inspector, ifMatch: '*', body: active }))
        .status,
      403,
    )
    t.equal(
      (await ask('POST', '/rule_packs/guangzhou/what_if', { cookie: inspector, body: {} })).status,
      403,
    )
    t.equal(
      (await ask('POST', '/rule_packs', { cookie: planner, body: { ...body, copy_of: 'nowhere' } }))
        .status,
      404,
    )
  },
)

t.test('each save is a version; the one before stays, with who, when and why', async (t) => {
  const { body: own, status, etag } = await copy('cn-default')
  t.equal(status, 201)
  t.equal(etag, '"1"')
  t.match(own, { is_shipped: false, version: 1, based_on: { id: 'cn-default', version: 1 } })
  const path = `/rule_packs/${own.id}`
  const body = {
    changes: [
      { rule_id: 'B1', level: 0, required: 3.5 },
      { rule_id: 'B1', levels: [{ severity: 'hard', required: 3.5 }] },
      { rule_id: 'B14', source: { title: 'Council minutes', url: null, quoted: '200 m' } },
      { rule_id: 'B17', is_removed: true },
    ],
    reason: 'as Guangzhou has it',
  }
  t.equal((await ask('PATCH', path, { cookie: planner, body })).status, 428)
  t.equal((await ask('PATCH', path, { cookie: planner, body, ifMatch: '"7"' })).status, 412)
  const saved = await ask('PATCH', path, { cookie: planner, body, ifMatch: etag })
  t.equal(saved.status, 200)
  t.equal(saved.etag, '"2"')
  t.same(ruleOf(saved.body, 'B1').levels, [{ severity: 'hard', required: 3.5 }])
  t.equal(ruleOf(saved.body, 'B14').source.title, 'Council minutes')
  t.equal(ruleOf(saved.body, 'B17'), undefined)
  t.match(
    saved.body.lint.filter((remark: { code: string }) => remark.code !== 'classes_missing'),
    [{ code: 'gap', rule_ids: ['B17'] }],
  )
  const first = await ask('GET', `${path}?version=1`)
  t.equal(ruleOf(first.body, 'B1').levels[0]!.required, 2.5)
  const { body: history } = await ask('GET', `${path}/versions`, { cookie: planner })
  t.match(history.versions, [
    { version: 2, reason: 'as Guangzhou has it' },
    { version: 1, reason: 'to try' },
  ])
  t.type(history.versions[0].saved_by, 'string')
  const { body: asGuest } = await ask('GET', `${path}/versions`)
  t.equal(asGuest.versions[0].saved_by, null, 'who it was is for those who may read the audit')
  const { body: audit } = await ask('GET', `/audit?collection=rule_packs&record_id=${own.id}`, {
    cookie: planner,
  })
  t.same(audit.changes.map((change: { action: string }) => change.action).sort(), [
    'create',
    'update',
  ])
})

t.test('a value out of its sensible range is refused with the range, by its place', async (t) => {
  const { body: own } = await copy('cn-default')
  const path = `/rule_packs/${own.id}`
  const save = async (changes: object[]) =>
    ask('PATCH', path, { cookie: planner, ifMatch: '"1"', body: { changes } })
  const wide = await save([
    { rule_id: 'B2', required: 2 },
    { rule_id: 'B1', required: 35 },
  ])
  t.equal(wide.status, 422)
  t.match(wide.body, { detail: /B1: 1 to 10 m, not 35/, errors: [{ path: 'changes/1/required' }] })
  t.match((await save([{ rule_id: 'Z9', required: 1 }])).body.errors, [
    { path: 'changes/0/rule_id' },
  ])
  t.match((await save([{ rule_id: 'B1', level: 4, required: 2 }])).body.errors, [
    { path: 'changes/0/level' },
  ])
  t.match((await save([{ rule_id: 'B17', most: 0.4 }])).body.errors, [{ path: 'changes/0/most' }])
  t.match((await save([{ rule_id: 'V1', by_class: { primary: 60 } }])).body.errors, [
    { path: 'changes/0/by_class/primary' },
  ])
  const twice = await ask('PATCH', path, {
    cookie: planner,
    ifMatch: '"1"',
    body: { rules: [own.rules[0], own.rules[0]] },
  })
  t.match(twice.body.errors, [{ path: 'rules/1/id' }])
  const strange = await ask('PATCH', path, {
    cookie: planner,
    ifMatch: '"1"',
    body: { rules: [{ ...own.rules[0], message_key: 'finding.unheard_of' }] },
  })
  t.match(strange.body.errors, [{ path: 'rules/0/message_key' }])
  t.equal((await ask('GET', path)).body.version, 1, 'nothing was saved')
})

t.test('what is put in force judges at once, on every instance within a second', async (t) => {
  const feed = new ChangeFeed(engine.db)
  await feed.start()
  const other = await buildApp({
    engine,
    feed,
    models: new StreetModels(engine, feed),
    settings: TEST_SETTINGS,
    isReady: () => true,
  })
  t.teardown(async () => {
    await other.close()
    await feed.stop()
  })
  const elsewhere = async () => (await other.inject('/api/conflicts?of=bays')).json().rule_pack
  t.match(await elsewhere(), { id: 'cn-default' })

  t.equal((await hardOf('B8')).length, 1, 'BAY-01 stands 13 m from a corner')
  const { body: own } = await copy('cn-default')
  const saved = await ask('PATCH', `/rule_packs/${own.id}`, {
    cookie: planner,
    ifMatch: '"1"',
    body: { changes: [{ rule_id: 'B8', level: 0, required: 25 }] },
  })
  t.equal((await hardOf('B8')).length, 1, 'saved is not yet in force')
  const before = await ask('GET', '/rule_packs/active')
  const done = await activate(own.id, saved.body.version)
  t.equal(done.status, 200)
  const failing = await hardOf('B8')
  t.equal(
    new Set(failing.map((finding) => finding.subject.id)).size,
    5,
    'five bays, some near several corners',
  )
  t.ok(failing.every((finding) => finding.required === 25 && finding.measured! < 25))
  t.match((await ask('GET', '/conflicts?of=bays')).body.rule_pack, { id: own.id, version: 2 })

  const began = Date.now()
  while ((await elsewhere()).id !== own.id && Date.now() - began < 1000)
    await new Promise((resolve) => setTimeout(resolve, 25))
  t.match(await elsewhere(), { id: own.id, version: 2 })

  const stale = await ask('PUT', '/rule_packs/active', {
    cookie: leader,
    ifMatch: before.etag,
    body: { id: 'guangzhou', version: 1 },
  })
  t.equal(stale.status, 412, 'who has not seen the change does not overwrite it')
  t.equal((await activate(own.id, 9)).status, 404)
  const versions = (await ask('GET', `/rule_packs/${own.id}/versions`)).body.versions
  t.ok(versions[0].activated_at)
  t.equal(versions[1].activated_at, null)
  t.equal((await activate('cn-default', 1)).status, 200)
  t.equal((await hardOf('B8')).length, 1)
})

t.test('what if 25 m from corners were adopted: as many bays fail as do once it is', async (t) => {
  const { body: own } = await copy('cn-default')
  const changes = [{ rule_id: 'B8', level: 0, required: 25 }]
  const { body: effect } = await ask('POST', `/rule_packs/${own.id}/what_if`, {
    cookie: planner,
    body: { changes },
  })
  t.match(effect.compared_with, { id: 'cn-default' })
  const [one] = effect.effects
  t.match(one, { rule_id: 'B8', checked: 36, failing_before: 1, failing_after: 5, fails: 4 })
  t.equal(effect.effects.length, 1, 'rules that stay are not named')
  t.equal(one.fails, effect.fails)
  t.equal((await ask('GET', `/rule_packs/${own.id}`)).body.version, 1, 'nothing is stored')
  await ask('PATCH', `/rule_packs/${own.id}`, {
    cookie: planner,
    ifMatch: '"1"',
    body: { changes },
  })
  await activate(own.id, 2)
  const failing = (await hardOf('B8')).filter((finding) => finding.measured! >= 15)
  t.same(
    one.outcomes
      .filter((o: { after: string }) => o.after === 'hard')
      .map((o: { id: string }) => o.id)
      .sort(),
    [...new Set(failing.map((finding) => finding.subject.id))].sort(),
  )
  const back = await ask('POST', '/rule_packs/cn-default/what_if', { cookie: planner, body: {} })
  t.equal(back.body.passes, 4, 'and as many pass when it is taken back')
  await activate('cn-default', 1)
  const wrong = await ask('POST', '/rule_packs/cn-default/what_if', {
    cookie: planner,
    body: { changes: [{ rule_id: 'B1', required: -1 }] },
  })
  t.equal(wrong.status, 422)
})
