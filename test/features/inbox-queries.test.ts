import pg from 'pg'
import t from 'tap'
import { testApp } from '../fixtures/app.ts'
import { caseDesk } from '../fixtures/cases.ts'

const running = await testApp(t)
const desk = await caseDesk(running)
const unit = desk.units[1]!
await running.engine.db
  .updateTable('membership')
  .set({ unit_id: unit.id })
  .where('role', '=', 'unit')
  .where('community_id', '=', desk.community_id)
  .execute()
const kind = await desk.addKind('test.inbox', { duplicate_radius_m: 0 })

/** Statements that the service sends while `work` runs, without the feed's own looks. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const query = Reflect.get(pg.Client.prototype, 'query') as (...said: never[]) => unknown
  let count = 0
  pg.Client.prototype.query = function (this: pg.Client, ...said: never[]) {
    const [first] = said as unknown as [string | { text?: string }]
    const text = typeof first === 'string' ? first : (first.text ?? '')
    if (!/^select .*from "layer_version"$/.test(text)) count++
    return query.apply(this, said)
  } as never
  try {
    await work()
    return count
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query)
  }
}

const send = async () => {
  const id = await desk.report('inspector', kind.id)
  await desk.move(
    'leader',
    id,
    ['file'],
    ['dispatch', { units: [{ unit_id: unit.id, is_lead: true }] }],
  )
  return id
}

t.test(
  'an inbox of thirty orders asks the database as often as one of a single order',
  async (t) => {
    const read = async () => (await desk.get('unit', '/inbox?community=tongjian')).json().items
    const first = await send()
    await read()
    const ofFew = (await read()).length
    // Communities are read anew each second: the fewer of three readings.
    const least = async () =>
      Math.min(await statementsOf(read), await statementsOf(read), await statementsOf(read))
    const before = await least()
    for (let i = 0; i < 30; i++) await send()
    const items = await read()
    t.equal(items.length, ofFew + 30)
    t.equal(await least(), before)
    t.ok(before > 3 && before < 12, `${before} statements`)
    const item = items.find((one: { case_id: string }) => one.case_id === first)
    t.match(item, { unit: { id: unit.id }, kind: { name_en: 'Kind test.inbox' }, is_lead: true })
  },
)
