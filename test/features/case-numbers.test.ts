import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { numberText, parseNumber, yearOf } from '../../api/domain/case-number.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app, engine } = await testApp(t)
const { id: here } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const cookie = await signIn(app, 'leader', 'leader-demo')
const send = (url: string, payload: object) =>
  app.inject({
    method: 'POST',
    url,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    payload,
  })
const kind = (
  await send('/api/case_kinds', {
    code: 'test.numbered',
    class: 'event',
    name_zh: '编号',
    name_en: 'Numbered',
    duplicate_radius_m: 0,
  })
).json()

const report = (more: object = {}) => ({
  id: uuidv7(),
  kind_id: kind.id,
  lon: 91.145,
  lat: 29.6535,
  found_at: new Date().toISOString(),
  ...more,
})

const serialsOf = async (year: number) =>
  (
    await engine.db
      .selectFrom('case_file')
      .select('serial')
      .where('community_id', '=', here)
      .where('year', '=', year)
      .orderBy('serial')
      .execute()
  ).map((row) => row.serial)

t.test(
  '50 reports at once, 25 of them rolled back in between, are numbered without a gap',
  async (t) => {
    const year = yearOf(Date.now(), 'Asia/Shanghai')
    const before = await serialsOf(year)
    // A photo that is not there is noticed after the number was taken: the number must come back.
    const replies = await Promise.all(
      Array.from({ length: 75 }, (_, i) =>
        send('/api/cases?community=tongjian', report(i % 3 === 2 ? { media: [uuidv7()] } : {})),
      ),
    )
    const counts = new Map<number, number>()
    for (const { statusCode } of replies) counts.set(statusCode, (counts.get(statusCode) ?? 0) + 1)
    t.same([...counts].sort(), [
      [201, 50],
      [422, 25],
    ])
    const after = await serialsOf(year)
    t.equal(after.length, before.length + 50)
    t.same(
      after,
      after.map((_, i) => i + 1),
      'from 1 on, each once',
    )
    const told = replies
      .filter((reply) => reply.statusCode === 201)
      .map((reply) => reply.json().number as string)
    t.equal(new Set(told).size, 50, 'nobody was told the number of another')
  },
)

t.test('the same report sent ten times at once is one case, and one answer', async (t) => {
  const same = report({ description: '同一条' })
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => send('/api/cases?community=tongjian', same)),
  )
  t.same(
    replies.map((reply) => reply.statusCode).sort(),
    [200, 200, 200, 200, 200, 200, 200, 200, 200, 201],
  )
  t.equal(new Set(replies.map((reply) => reply.json().number)).size, 1)
  const other = await send('/api/cases?community=tongjian', { ...same, description: '另一条' })
  t.equal(other.statusCode, 409)
  t.match(other.json().type, /cases\/id-taken/)
})

t.test("a case belongs to the community's own year", (t) => {
  // 2026-12-31 16:30 UTC is half past midnight of 2027-01-01 in Shanghai, and still the old year in Berlin.
  const at = Date.UTC(2026, 11, 31, 16, 30)
  t.equal(yearOf(at, 'Asia/Shanghai'), 2027)
  t.equal(yearOf(at, 'Europe/Berlin'), 2026)
  t.equal(numberText({ year: 2026, serial: 7 }), '2026-000007')
  t.equal(numberText({ year: 2026, serial: 1_234_567 }), '2026-1234567')
  t.same(parseNumber(' 2026-000007 '), { year: 2026, serial: 7 })
  t.equal(parseNumber('2026-'), null)
  t.equal(parseNumber("2026-1' or 1=1"), null)
  t.end()
})
