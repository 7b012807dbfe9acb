import { strFromU8, unzipSync } from 'fflate'
import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import type { Bulletin, BulletinRow } from '../../api/features/bulletins/contract.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const { id: community_id } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const cookie = await signIn(app, 'leader', 'leader-demo')
const get = (url: string, as = cookie) =>
  app.inject({ url: `/api${url}`, headers: { cookie: as, 'sec-fetch-site': 'same-origin' } })

const units = await engine.db
  .selectFrom('partner_unit')
  .select(['id', 'external_id'])
  .where('community_id', '=', community_id)
  .orderBy('external_id')
  .execute()
const grids = await engine.db
  .selectFrom('grid')
  .select(['id', 'grid_code'])
  .where('community_id', '=', community_id)
  .orderBy('grid_code')
  .execute()
const lane = await engine.db
  .selectFrom('case_kind')
  .select(['id', 'is_hazard'])
  .where('community_id', '=', community_id)
  .where('code', '=', 'hazard.fire_lane')
  .executeTakeFirst()
const kind_id = lane?.id ?? uuidv7()
if (!lane)
  await sql`insert into case_kind (community_id, id, code, class, name_zh, name_en, is_hazard)
    values (${community_id}, ${kind_id}, 'hazard.fire_lane', 'event', '堵塞消防通道', 'Fire lane blocked', true)`.execute(
    engine.db,
  )

let serial = 0
/** A case of 2019, a year in which the sample has none, dispatched at a local time of Shanghai. */
async function addCase(
  unit: number | null,
  grid: number,
  dispatched: string,
  rest: {
    status?: string
    is_on_time?: boolean | null
    satisfaction?: number | null
    description?: string
  } = {},
): Promise<string> {
  const id = uuidv7()
  const status = rest.status ?? 'closed'
  const isOver = status === 'closed' || status === 'refused'
  await sql`insert into case_file (community_id, id, year, serial, kind_id, source, step, status, severity, geom, grid_id,
      lead_unit_id, found_at, dispatched_at, handled_at, closed_at, is_on_time, satisfaction, content_hash)
    values (${community_id}, ${id}, 2019, ${++serial}, ${kind_id}, 'patrol', ${status === 'closed' ? 'verification' : 'handling'},
      ${status}, 'high', ST_SetSRID(ST_MakePoint(91.145, 29.655), 4326), ${grids[grid]!.id},
      ${unit === null ? null : units[unit]!.id}, ${`${dispatched}+08:00`}::timestamptz - interval '1 hour',
      ${`${dispatched}+08:00`}, ${isOver ? `${dispatched}+08:00` : null}, ${isOver ? `${dispatched}+08:00` : null},
      ${rest.is_on_time ?? null}, ${rest.satisfaction ?? null}, '')`.execute(engine.db)
  return id
}

// March 2019 by hand: 12 cases of two units, one without, in two grids; and five that do not count.
await addCase(0, 0, '2019-03-01T00:00', { is_on_time: true, satisfaction: 5 })
await addCase(0, 0, '2019-03-04T09:30', { is_on_time: true, satisfaction: 2 })
await addCase(0, 1, '2019-03-05T10:00', { is_on_time: true })
await addCase(0, 1, '2019-03-06T11:00', { is_on_time: false, satisfaction: 1 })
await addCase(0, 1, '2019-03-07T12:00', { status: 'open' })
await addCase(1, 0, '2019-03-08T13:00', { is_on_time: true, satisfaction: 3 })
await addCase(1, 0, '2019-03-11T14:00', { is_on_time: false, satisfaction: 4 })
await addCase(1, 0, '2019-03-12T15:00', { is_on_time: null })
await addCase(1, 1, '2019-03-13T16:00', { status: 'on_hold' })
await addCase(1, 1, '2019-03-14T17:00', { status: 'open', satisfaction: 1 })
await addCase(null, 0, '2019-03-15T18:00', { status: 'open' })
await addCase(1, 1, '2019-03-31T23:59', { is_on_time: true, satisfaction: 2 })
await addCase(0, 0, '2019-02-28T23:59', { is_on_time: true })
await addCase(0, 0, '2019-04-01T00:00', { is_on_time: true })
await addCase(0, 0, '2019-03-20T10:00', { status: 'refused' })

/** dispatched, on time, late, open, closed share, on-time share, dissatisfied, dissatisfied share. */
const figures = (row: BulletinRow | undefined) =>
  row && [
    row.dispatched,
    row.closed_on_time,
    row.closed_late,
    row.open,
    row.closed_share,
    row.on_time_share,
    row.dissatisfied,
    row.dissatisfied_share,
  ]

t.test('a month of 12 cases has the columns that were counted by hand', async (t) => {
  const reply = await get('/bulletins?month=2019-03')
  t.equal(reply.statusCode, 200)
  const bulletin = reply.json<Bulletin>()
  t.match(bulletin, { month: '2019-03', time_zone: 'Asia/Shanghai' })
  t.equal(bulletin.units.length, 13, 'twelve units, and one line for what has none')
  const unit = (index: number) => bulletin.units.find((row) => row.id === units[index]!.id)
  t.same(figures(unit(0)), [5, 3, 1, 1, 0.8, 0.6, 2, 0.5])
  // No limit is nothing to be late for; a rating of what is open again does not count.
  t.same(figures(unit(1)), [6, 3, 1, 2, 4 / 6, 0.5, 1, 0.25])
  t.same(figures(unit(2)), [0, 0, 0, 0, null, null, 0, null])
  t.same(figures(bulletin.units.at(-1)), [1, 0, 0, 1, 0, 0, 0, null])
  t.equal(bulletin.units.at(-1)!.id, null)
  t.equal(bulletin.grids.length, 6)
  t.same(figures(bulletin.grids[0]), [6, 4, 1, 1, 5 / 6, 4 / 6, 1, 0.2])
  t.same(figures(bulletin.grids[1]), [6, 2, 1, 3, 0.5, 2 / 6, 2, 2 / 3])
  t.same(figures(bulletin.total), [12, 6, 2, 4, 8 / 12, 0.5, 3, 0.375])
})

t.test('a month without cases has a line for every unit and no share of nothing', async (t) => {
  const bulletin = (await get('/bulletins?month=2018-07')).json<Bulletin>()
  t.equal(bulletin.units.length, 12)
  t.same(figures(bulletin.total), [0, 0, 0, 0, null, null, 0, null])
})

t.test(
  'the spreadsheet holds the same as numbers and shares, its headings stay in sight',
  async (t) => {
    const reply = await get('/bulletins.xlsx?month=2019-03')
    t.equal(reply.statusCode, 200)
    t.match(reply.headers['content-type'], 'spreadsheetml.sheet')
    t.match(reply.headers['content-disposition'], 'filename="bulletin-2019-03.xlsx"')
    t.match(reply.headers['content-disposition'], encodeURIComponent('月度通报-2019-03'))
    const sheets = readWorkbook(reply.rawPayload)
    t.equal(sheets.length, 2)
    const [byUnit, byGrid] = sheets
    t.same(byUnit!.rows[0], [
      '责任单位',
      '派遣案件总数',
      '按时办结数',
      '超时办结数',
      '未办结数',
      '结案率',
      '按时结案率',
      '不满意数',
      '不满意率',
    ])
    t.ok(byUnit!.is_frozen)
    t.same(byUnit!.rows[1], ['城市管理(示例)', 5, 3, 1, 1, 0.8, 0.6, 2, 0.5])
    t.same(byUnit!.rows[3]!.slice(1), [0, 0, 0, 0, '—', '—', 0, '—'])
    t.same(byUnit!.rows[13], ['未指定', 1, 0, 0, 1, 0, 0, 0, '—'])
    t.same(byUnit!.rows[14], ['合计', 12, 6, 2, 4, 8 / 12, 0.5, 3, 0.375])
    t.same(byGrid!.rows[2]!.slice(1), [6, 2, 1, 3, 0.5, 2 / 6, 2, 2 / 3])
    t.match(byUnit!.formats, '0.0%')
    const english = readWorkbook((await get('/bulletins.xlsx?month=2019-03&lang=en')).rawPayload)
    t.same(english[0]!.rows[0]!.slice(0, 3), ['Unit', 'Dispatched', 'Closed on time'])
    t.equal(english[0]!.rows[1]![0], 'City management (sample)')
  },
)

t.test('text that begins like a formula is text in the hazard ledger', async (t) => {
  await engine.db
    .updateTable('partner_unit')
    .set({ name_zh: '=1+1' })
    .where('community_id', '=', community_id)
    .where('id', '=', units[0]!.id)
    .execute()
  const reply = await get('/bulletins/hazards.xlsx?month=2019-03')
  t.equal(reply.statusCode, 200)
  const [ledger] = readWorkbook(reply.rawPayload)
  t.notMatch(ledger!.xml, '<f>')
  t.same(ledger!.rows[0]!.slice(0, 3), ['编号', '隐患类别', '等级'])
  // 13 of March: twelve counted ones and the one that was refused; the first was found in February.
  t.equal(ledger!.rows.length - 1, 13)
  const second = ledger!.rows[1]!
  t.same(second.slice(0, 3), ['2019-000002', '堵塞消防通道', '重大'])
  t.equal(second[6], '=1+1')
  // 4 March 2019 08:30 in Shanghai: 62 days after 1 January 2019, which is day 43466 of the format's count.
  t.ok(Math.abs((second[5] as number) - (43_528 + 8.5 / 24)) < 1e-6)
  t.equal(second[10], '已销号')
})

t.test('a month that has not begun, or is none, is 400 and says so', async (t) => {
  const future = await get('/bulletins?month=2099-01')
  t.equal(future.statusCode, 400)
  t.match(future.json(), { type: 'urn:jiexu:problem:bulletins/future-month' })
  t.equal((await get('/bulletins/hazards.xlsx?month=2099-01')).statusCode, 400)
  for (const month of ['2019-13', '2019-3', '2019', '0000-01', "2019-03'--"])
    for (const path of ['bulletins', 'bulletins.xlsx', 'bulletins/hazards.xlsx'])
      t.equal((await get(`/${path}?month=${encodeURIComponent(month)}`)).statusCode, 400, month)
  t.equal((await get('/bulletins')).statusCode, 400)
})

t.test('nobody without the right reads a bulletin, nor that of another community', async (t) => {
  await sql`insert into community (id, slug, name_zh, time_zone) values (${uuidv7()}, 'beyond', '别处', 'Asia/Shanghai')`.execute(
    engine.db,
  )
  const unit = await signIn(app, 'unit', 'unit-demo')
  // The list of communities is read once a second.
  await new Promise((resolve) => setTimeout(resolve, 1100))
  for (const path of ['bulletins', 'bulletins.xlsx', 'bulletins/hazards.xlsx']) {
    const at = `/${path}?month=2019-03&community=`
    t.equal((await get(`${at}tongjian`, '')).statusCode, 401)
    t.equal((await get(`${at}tongjian`, unit)).statusCode, 403)
    t.equal((await get(`${at}beyond`)).statusCode, 403)
  }
})

interface ReadSheet {
  rows: (string | number | null)[][]
  is_frozen: boolean
  formats: string
  xml: string
}

/** What stands in the cells of a workbook, read from its XML. */
function readWorkbook(bytes: Uint8Array): ReadSheet[] {
  const files = unzipSync(bytes)
  const xmlOf = (name: string) => (files[name] ? strFromU8(files[name]) : '')
  const plain = (text: string) =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&')
  const shared = [
    ...xmlOf('xl/sharedStrings.xml').matchAll(/<si>.*?<t[^>]*>(.*?)<\/t>.*?<\/si>/gs),
  ].map(([, text]) => plain(text!))
  const valueOf = (attributes: string, inside: string): string | number | null => {
    const value = /<v>(.*?)<\/v>/s.exec(inside)?.[1]
    if (/t="s"/.test(attributes)) return shared[Number(value)]!
    const inline = /<t[^>]*>(.*?)<\/t>/s.exec(inside)?.[1]
    if (inline !== undefined) return plain(inline)
    return value === undefined ? null : Number(value)
  }
  return Object.keys(files)
    .filter((name) => /^xl\/worksheets\/sheet\d+\.xml$/.test(name))
    .sort()
    .map((name) => {
      const xml = xmlOf(name)
      const rows = [...xml.matchAll(/<row[^>]*>(.*?)<\/row>/gs)].map(([, row]) => {
        const cells: ReadSheet['rows'][number] = []
        for (const [, attributes, inside = ''] of row!.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs))
          // Empty cells are left out of the file: the letter says which column a cell is in.
          cells[/r="([A-Z])/.exec(attributes!)![1]!.charCodeAt(0) - 65] = valueOf(
            attributes!,
            inside,
          )
        return Array.from(cells, (cell) => cell ?? null)
      })
      return {
        rows,
        is_frozen: /<pane [^>]*state="frozen"/.test(xml),
        formats: xmlOf('xl/styles.xml'),
        xml,
      }
    })
}
