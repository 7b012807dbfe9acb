import { sql } from 'kysely'
import t from 'tap'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'
import { addElsewhere } from '../fixtures/elsewhere.ts'

const running = await testApp(t)
const { engine } = running
const desk = await caseDesk(running)
const kind = await desk.addKind('test.listed', { duplicate_radius_m: 0, limits: { file: 60 } })
const timeless = await desk.addKind('test.timeless', { duplicate_radius_m: 0 })
const elsewhere = await addElsewhere(engine)

interface Page {
  cases: { id: string; due_at: string | null }[]
  next_cursor: string | null
}

const list = async (query: string, role = 'leader'): Promise<Page> => {
  const reply = await desk.get(role, `/cases?community=tongjian&${query}`)
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return reply.json()
}
const idsOf = ({ cases }: Page) => cases.map(({ id }) => id)
const saying = async (q: string, role?: string) =>
  idsOf(await list(`kind_id=${kind.id}&q=${encodeURIComponent(q)}`, role))

const said = async (description: string) => desk.report('inspector', kind.id, { description })

t.test('words are found where they stand: two characters, one, capitals, signs', async (t) => {
  const stall = await said('占道经营，桌椅摆到人行道上')
  const scooter = await said('一辆E-Bike堵住坡道，占用100%')
  const wide = await said('占 道')
  t.same(await saying('占道'), [stall])
  t.same(await saying('经营，桌'), [stall])
  t.same(await saying('道'), [wide, scooter, stall])
  t.same(await saying('e-BIKE'), [scooter])
  t.same(await saying('0%'), [scooter], 'a percent sign is one')
  t.same(await saying('_'), [], 'an underline is one')
  t.same(await saying('\\'), [])
  t.same(await saying('道占'), [], 'the order of the letters counts')
  await said('道经占道路')
  t.same(await saying('占道经'), [stall], 'neighbours that stand apart are not the word')
})

t.test('words of another community are not found', async (t) => {
  const id = elsewhere.ids['case_file']!
  await engine.db
    .updateTable('case_file')
    .set({ description: '别处的话' })
    .where('id', '=', id)
    .execute()
  t.same(idsOf(await list(`q=${encodeURIComponent('别处的话')}`)), [])
  const { rows } = await engine.db.transaction().execute(async (trx) => {
    await sql
      .raw(`set local role jiexu_app; set local app.communities = '${desk.community_id}'`)
      .execute(trx)
    return sql`select * from cases_that_say(${elsewhere.community_id}, '别处', 10)`.execute(trx)
  })
  t.same(rows, [], 'not even when asked for with its id')
})

t.test('words that thousands say are found page by page', async (t) => {
  await sql`
    insert into case_file (community_id, id, year, serial, kind_id, source, geom, found_at, content_hash, description)
    select ${desk.community_id}, md5(i::text)::uuid, 1999, i, ${kind.id}, 'patrol',
      ST_SetSRID(ST_MakePoint(91.145, 29.6535), 4326), timestamptz '2020-01-01 00:00Z' + i * interval '1 minute', '-',
      case when i % 2 = 0 then '门前油污' else '车位已满' end
    from generate_series(1, 4100) as i`.execute(engine.db)
  const query = `kind_id=${kind.id}&q=${encodeURIComponent('油污')}`
  const first = await list(`${query}&limit=200`)
  const second = await list(`${query}&limit=200&cursor=${first.next_cursor}`)
  const found = [...idsOf(first), ...idsOf(second)]
  t.equal(new Set(found).size, 400)
  const { rows } = await sql<{ id: string }>`
    select id from case_file where year = 1999 and serial % 2 = 0 order by serial desc limit 400`.execute(
    engine.db,
  )
  t.same(
    found,
    rows.map(({ id }) => id),
  )
  const counts = await desk.get('leader', `/cases/counts?community=tongjian&${query}`)
  t.equal(counts.json().total, 2050)
})

t.test('a shop searches its own words, not what others wrote of it', async (t) => {
  const { id: merchant_id } = await engine.db
    .selectFrom('merchant')
    .select('id')
    .where('community_id', '=', desk.community_id)
    .executeTakeFirstOrThrow()
  await engine.db
    .updateTable('membership')
    .set({ merchant_id })
    .where('community_id', '=', desk.community_id)
    .where('role', '=', 'merchant')
    .execute()
  await desk.report('inspector', kind.id, { description: '屡教不改', subject: { merchant_id } })
  const own = await desk.report('merchant', kind.id, { description: '垃圾桶满了' })
  t.same(await saying('屡教不改', 'merchant'), [])
  t.same(await saying('垃圾桶', 'merchant'), [own])
})

t.test('what falls due next comes first, what has no clock last, page by page', async (t) => {
  for (let i = 0; i < 3; i++) await desk.report('inspector', kind.id)
  for (let i = 0; i < 3; i++) await desk.report('inspector', timeless.id)
  await engine.db
    .updateTable('case_file')
    .set({ due_at: new Date('2026-01-05T10:00:00Z') })
    .where('community_id', '=', desk.community_id)
    .where('year', '=', 1999)
    .where('serial', '<=', 3)
    .execute()
  const found: Page['cases'] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Page = await list(`sort=due&limit=7&open=true${cursor && `&cursor=${cursor}`}`)
    found.push(...page.cases)
    cursor = found.length > 120 ? null : page.next_cursor
  }
  const { rows } = await sql<{ id: string }>`
    select id from case_file where community_id = ${desk.community_id} and status in ('open', 'on_hold')
    order by due_at nulls last, id limit ${found.length}`.execute(engine.db)
  t.same(
    found.map(({ id }) => id),
    rows.map(({ id }) => id),
  )
  t.ok(found.length > 50)
  t.ok(
    found.some(({ due_at }) => due_at === null) && found[0]!.due_at !== null,
    'both kinds were met',
  )
  const odd = await desk.get('leader', '/cases?community=tongjian&sort=name')
  t.equal(odd.statusCode, 400)
})
