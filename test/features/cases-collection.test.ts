import t from 'tap'
import { testApp } from '../fixtures/app.ts'
import { caseDesk, HERE } from '../fixtures/cases.ts'

const running = await testApp(t)
const desk = await caseDesk(running)
const open = await desk.addKind('test.collected', { duplicate_radius_m: 0 })
const hidden = await desk.addKind('test.uncollected', { is_public: false })
const first = await desk.report('inspector', open.id, {
  description: 'PLANTED-WORDS',
  subject: { plate: '藏A·77777' },
  found_at: '2026-01-02T00:00:00Z',
})
const secret = await desk.report('inspector', hidden.id)
const FORMS = [
  (path: string) => `/collections${path}${path.includes('?') ? '&' : '?'}community=tongjian`,
  (path: string) => `/communities/tongjian/collections${path}`,
]
const get = async (path: string) => (await desk.get('nobody', path)).json()

t.test('cases stand among the collections, in both forms', async (t) => {
  for (const form of FORMS) {
    const { collections } = await get(form(''))
    const cases = collections.find(({ id }: { id: string }) => id === 'cases')
    t.match(cases, { itemType: 'feature', extent: { spatial: { bbox: [[Number]] } } })
    t.same(await get(form('/cases')), cases)
    const items = cases.links.find(({ rel }: { rel: string }) => rel === 'items').href
    t.equal((await desk.get('nobody', new URL(items).pathname.slice(4))).statusCode, 200)
  }
})

t.test('anybody reads where, which kind and which step, and nothing else', async (t) => {
  for (const form of FORMS) {
    const reply = await desk.get('nobody', form(`/cases/items/${first}`))
    t.equal(reply.headers['content-type'], 'application/geo+json; charset=utf-8')
    t.equal(reply.headers['etag'], '"1"')
    t.match(reply.json(), {
      type: 'Feature',
      id: first,
      geometry: { type: 'Point', coordinates: [HERE.lon, HERE.lat] },
      properties: { kind: 'test.collected', step: 'collection', status: 'open' },
      links: [{ rel: 'self' }, { rel: 'collection' }],
    })
    t.notMatch(reply.body, /PLANTED|7777|subject|reported_by|description|inspector/)
    t.equal((await desk.get('nobody', form(`/cases/items/${secret}`))).statusCode, 404)
  }
})

t.test('page by page, by box, time and step, all and each once', async (t) => {
  const ids: string[] = []
  let url = '/collections/cases/items?community=tongjian&limit=50'
  for (let pages = 0; pages < 100; pages++) {
    const page = await get(url)
    ids.push(...page.features.map(({ id }: { id: string }) => id))
    const next = page.links.find(({ rel }: { rel: string }) => rel === 'next')
    if (!next) break
    const { pathname, search } = new URL(next.href)
    url = `${pathname.slice(4)}${search}`
  }
  t.equal(new Set(ids).size, ids.length)
  t.ok(ids.includes(first) && !ids.includes(secret) && ids.length > 60, `${ids.length} cases`)
  const of = async (query: string) => {
    const { features } = await get(`/collections/cases/items?community=tongjian&${query}`)
    return features.map(({ id }: { id: string }) => id)
  }
  t.same(await of('datetime=2026-01-01T23:00:00Z/2026-01-02T00:00:00Z'), [first])
  t.same(await of('datetime=2026-01-02T08:00:00%2B08:00'), [first])
  t.same(await of(`datetime=2026-01-02T00:00:01Z/2026-01-02T00:00:02Z`), [])
  t.ok((await of(`bbox=91.14499,29.65349,91.14501,29.65351&limit=1000`)).includes(first))
  t.same(await of('bbox=0,0,1,1'), [])
  t.notOk((await of('status=closed&limit=1000')).includes(first))
  for (const bad of ['datetime=yesterday', 'datetime=a/b/c', 'bbox=1,2', 'limit=0', 'cursor=x'])
    t.equal(
      (await desk.get('nobody', `/collections/cases/items?community=tongjian&${bad}`)).statusCode,
      400,
      bad,
    )
})

t.test('it is for reading', async (t) => {
  for (const method of ['POST', 'DELETE', 'PATCH'] as const) {
    const path = method === 'POST' ? '' : `/${first}`
    const reply = await desk.call(
      'leader',
      method,
      `/collections/cases/items${path}?community=tongjian`,
      {},
    )
    t.ok([404, 405].includes(reply.statusCode), `${method} ${reply.statusCode}`)
  }
})
