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
