import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { CaseKind } from '../../api/features/case-kinds/contract.ts'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

/** Kinds of cases are data: who sees them, who changes them, and lists of codes that are taken in. */

const running = await testApp(t)
const { call, get, post } = await caseDesk(running)

const kindsOf = async (role: string): Promise<CaseKind[]> =>
  (await get(role, '/case_kinds?community=tongjian')).json().case_kinds
const taken = (role: string, body: object) =>
  post(role, '/case_kinds/import?community=tongjian', body)

t.test('a guest sees what is public and in force, the staff all', async (t) => {
  const all = await kindsOf('leader')
  const open = await kindsOf('nobody')
  t.ok(all.some((kind) => !kind.is_public))
  t.same(
    open.map((kind) => kind.id),
    all.filter((kind) => kind.is_public && kind.is_active).map((kind) => kind.id),
  )
})

t.test(
  'kinds are added and changed by planner and leader, against the version they saw',
  async (t) => {
    const kind = { code: 'test.one', class: 'event', name_zh: '测试', name_en: 'Test' }
    for (const role of ['nobody', 'resident', 'merchant', 'inspector', 'unit'])
      t.match(
        (await post(role, '/case_kinds?community=tongjian', kind)).statusCode,
        /^40[13]$/,
        role,
      )
    const added = await post('planner', '/case_kinds?community=tongjian', kind)
    t.equal(added.statusCode, 201, added.body)
    t.match(added.json(), { ...kind, is_public: true, limits: {}, version: 1 })
    t.equal(added.headers['etag'], '"1"')
    const change = (version: string | null, body: object) =>
      call(
        'leader',
        'PATCH',
        `/case_kinds/${added.json().id}?community=tongjian`,
        body,
        version === null ? {} : { 'if-match': version },
      )
    const limits = { limits: { handle: 240 }, duplicate_radius_m: 12 }
    t.equal((await change(null, limits)).statusCode, 428)
    t.equal((await change('"7"', limits)).statusCode, 412)
    t.match((await change('"1"', limits)).json(), { ...limits, version: 2 })

    const again = await post('leader', '/case_kinds?community=tongjian', kind)
    t.equal(again.statusCode, 409)
    t.match(again.json().errors, [{ path: 'code' }])
    for (const path of ['parent_id', 'default_unit_id']) {
      const reply = await change('"2"', { [path]: uuidv7() })
      t.equal(reply.statusCode, 422)
      t.match(reply.json().errors, [{ path }])
    }
    const own = await change('"2"', { parent_id: added.json().id })
    t.match(own.json().errors, [{ path: 'parent_id' }], 'a kind is not its own heading')
  },
)

t.test(
  'a list of codes is taken in once, in any order; faulty rows are named, the others kept',
  async (t) => {
    const list = [
      {
        code: 'gb.0101',
        class: 'component',
        name_zh: '上水井盖',
        name_en: 'Water cover',
        parent_code: 'gb.01',
      },
      { code: 'gb.01', class: 'component', name_zh: '公用设施', name_en: 'Utilities' },
      { code: 'gb.02', class: 'thing', name_zh: '错', name_en: 'Wrong' },
      { code: 'gb.03', class: 'event', name_zh: '错', name_en: 'Wrong', parent_code: 'nowhere' },
      { code: 'gb.01', class: 'event', name_zh: '两次', name_en: 'Twice' },
    ]
    t.equal((await taken('inspector', list)).statusCode, 403)
    const first = (await taken('leader', list)).json()
    t.match(first, { received: 5, added: 2, changed: 0, unchanged: 0 })
    t.match(first.refused, [
      { index: 2, path: 'class' },
      { index: 3, path: 'parent_code' },
      { index: 4, path: 'code' },
    ])
    const kinds = await kindsOf('leader')
    const heading = kinds.find((kind) => kind.code === 'gb.01')!
    t.equal(kinds.find((kind) => kind.code === 'gb.0101')!.parent_id, heading.id)
    t.match((await taken('leader', list)).json(), { added: 0, changed: 0, unchanged: 2 })
    t.equal(
      (await kindsOf('leader')).find((kind) => kind.code === 'gb.01')!.version,
      heading.version,
    )
    const renamed = [{ ...list[1]!, name_zh: '公用' }]
    t.match((await taken('leader', renamed)).json(), { added: 0, changed: 1, unchanged: 0 })
  },
)

t.test('the same list comes as CSV; what is no list is refused', async (t) => {
  const send = (payload: string) =>
    call('leader', 'POST', '/case_kinds/import?community=tongjian', payload as never, {
      'content-type': 'text/csv',
    })
  const csv =
    'code,class,name_zh,name_en,parent_code,duplicate_radius_m,is_public\ncsv.1,event,表格,Sheet,gb.01,25,false\n'
  t.match((await send(csv)).json(), { received: 1, added: 1, refused: [] })
  t.match((await send(csv)).json(), { added: 0, unchanged: 1 })
  t.match(
    (await kindsOf('leader')).find((kind) => kind.code === 'csv.1'),
    { duplicate_radius_m: 25, is_public: false },
  )
  t.equal((await send('code,class\n"unclosed')).statusCode, 400)
  const reply = await taken('leader', { code: 'no list' })
  t.equal(reply.statusCode, 422)
})

t.test('no kind stands under itself, by one change, by two, or by a list', async (t) => {
  const list = [
    { code: 'loop.a', class: 'event', name_zh: '甲', name_en: 'A' },
    { code: 'loop.b', class: 'event', name_zh: '乙', name_en: 'B', parent_code: 'loop.a' },
    { code: 'loop.c', class: 'event', name_zh: '丙', name_en: 'C', parent_code: 'loop.b' },
  ]
  t.match((await taken('leader', list)).json(), { added: 3 })
  const kinds = await kindsOf('leader')
  const [a, , c] = list.map(({ code }) => kinds.find((kind) => kind.code === code)!)
  const under = (kind: CaseKind, parent_id: string) =>
    call(
      'leader',
      'PATCH',
      `/case_kinds/${kind.id}?community=tongjian`,
      { parent_id },
      {
        'if-match': `"${kind.version}"`,
      },
    )
  const below = await under(a!, c!.id)
  t.equal(below.statusCode, 422)
  t.match(below.json().errors, [{ path: 'parent_id' }])
  t.match(
    (
      await taken('leader', [
        { code: 'loop.p', class: 'event', name_zh: '一', name_en: 'P' },
        { code: 'loop.q', class: 'event', name_zh: '二', name_en: 'Q' },
      ])
    ).json(),
    { added: 2 },
  )
  const now = await kindsOf('leader')
  const [p, q] = ['loop.p', 'loop.q'].map((code) => now.find((kind) => kind.code === code)!)
  const both = await Promise.all([under(p!, q!.id), under(q!, p!.id)])
  t.same(both.map(({ statusCode }) => statusCode).sort(), [200, 422], 'at once, one of the two')
  const loop = [
    { code: 'loop.x', class: 'event', name_zh: '丁', name_en: 'X', parent_code: 'loop.y' },
    { code: 'loop.y', class: 'event', name_zh: '戊', name_en: 'Y', parent_code: 'loop.x' },
    { code: 'loop.a', class: 'event', name_zh: '甲', name_en: 'A', parent_code: 'loop.b' },
    { code: 'loop.bad', class: 'event', name_zh: '错', name_en: 'Bad', parent_code: 'nowhere' },
    {
      code: 'loop.child',
      class: 'event',
      name_zh: '子',
      name_en: 'Child',
      parent_code: 'loop.bad',
    },
  ]
  const reply = await taken('leader', loop)
  t.equal(reply.statusCode, 200, reply.body)
  t.match(reply.json(), { added: 0, changed: 0 })
  t.same(
    reply.json().refused.map(({ index }: { index: number }) => index),
    [0, 1, 2, 3, 4],
  )
})

t.test('CSV names limits, evidence and the ladder in columns of their own', async (t) => {
  const csv =
    'code,class,name_zh,name_en,limits.file,limits.handle,required.photos_after,required.fields,outcomes\n' +
    'csv.2,event,表格,Sheet,60,240,1,severity|description,persuaded|needs_dispatch\n' +
    'csv.3,event,表格,Sheet,0,,,,\n'
  const reply = await call(
    'leader',
    'POST',
    '/case_kinds/import?community=tongjian',
    csv as never,
    { 'content-type': 'text/csv' },
  )
  t.match(reply.json(), { added: 1, refused: [{ index: 1, path: 'limits/file' }] })
  t.match(
    (await kindsOf('leader')).find((kind) => kind.code === 'csv.2'),
    {
      limits: { file: 60, handle: 240 },
      required: { photos_after: 1, fields: ['severity', 'description'] },
      outcomes: ['persuaded', 'needs_dispatch'],
    },
  )
})
