import { sql } from 'kysely'
import t from 'tap'
import { v7 as uuidv7 } from 'uuid'
import { COLLECTION_IDS, COLLECTIONS } from '../../api/features/inventory/contract.ts'
import { signIn, testApp } from '../fixtures/app.ts'
import { bodyFor } from '../fixtures/write-bodies.ts'
import { addElsewhere, contentsOf, MARK, MARKED_NUMBER } from '../fixtures/elsewhere.ts'

const { app, engine, feed } = await testApp(t)
const elsewhere = await addElsewhere(engine)
await feed.refresh()
// The list of communities is read once a second at most.
await new Promise((resolve) => setTimeout(resolve, 1_100))
const { id: here } = await engine.db
  .selectFrom('community')
  .select('id')
  .where('slug', '=', 'tongjian')
  .executeTakeFirstOrThrow()
const idsHere: Record<string, string> = {}
for (const table of ['grid', 'bay', 'lot', 'street_segment', 'survey'])
  idsHere[table] = (
    await sql<{
      id: string
    }>`select id from ${sql.table(table)} where community_id = ${here} limit 1`.execute(engine.db)
  ).rows[0]!.id
// What ships may be read, and changed by nobody.
idsHere['rule_pack'] = 'cn-default'

const ROLES = ['resident', 'merchant', 'inspector', 'unit', 'planner', 'leader', 'admin'] as const
const cookies: Record<string, string> = { nobody: '' }
for (const role of ROLES) cookies[role] = await signIn(app, role, `${role}-demo`)

interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
}
const isInventory = ({ path }: Operation) =>
  /^\/api\/(communities\/\{community\}\/)?(collections|conformance|$)/.test(path)
const { paths } = app.swagger() as { paths: Record<string, Record<string, unknown>> }
/** Every documented address, and the inventory's second form below the community's own path. */
const OPERATIONS: Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).flatMap((method) => {
    const operation = { method: method.toUpperCase() as Operation['method'], path }
    return isInventory(operation)
      ? [operation, { ...operation, path: path.replace('/api/', '/api/communities/{community}/') }]
      : [operation]
  }),
)

const RECORDS: Readonly<Record<string, string>> = {
  surveys: 'survey',
  case_kinds: 'case_kind',
  cases: 'case_file',
  media: 'media',
  patrol_plans: 'patrol_plan',
  patrols: 'patrol',
  plans: 'plan',
  rule_packs: 'rule_pack',
  stall_allocations: 'stall_allocation',
  stall_permits: 'stall_allocation',
}
const tableOf = (path: string) =>
  RECORDS[path.split('/')[2] ?? ''] ??
  COLLECTION_IDS.map((id) => [id, COLLECTIONS[id].table] as const).find(([id]) =>
    path.includes(`/${id}/`),
  )?.[1] ??
  'bay'

/** The address with its parameters filled in: records by `ids`, the community by `slug` in path and query. */
function addressOf({ path, method }: Operation, slug: string, ids: Record<string, string>): string {
  const filled = path
    .replace('{community}', slug)
    .replace('{layer}', 'all')
    .replace('{z}', '15')
    .replace('{x}', '24680')
    .replace('{y}', '13555')
    .replace('{dispatch_id}', ids['dispatch'] ?? uuidv7())
    .replace('{comment_id}', ids['plan_comment'] ?? uuidv7())
    .replace('{number}', '2026-777001')
    .replace(/\{(link|token)\}/, 'x'.repeat(43))
    .replace('{id}', ids[tableOf(path)] ?? uuidv7())
  const query = new URLSearchParams()
  if (
    /collections|conformance|\/api\/$/.test(path) ? !path.includes('{community}') : hasQuery(path)
  )
    query.set('community', slug)
  if (path.endsWith('/items') && method === 'GET') query.set('limit', '1000')
  if (path.endsWith('/search')) query.set('q', MARK)
  return `${filled}?${query.toString()}`
}

const hasQuery = (path: string) =>
  Object.values(paths[path] ?? {}).some((operation) =>
    (operation as { parameters?: { name: string }[] }).parameters?.some(
      (parameter) => parameter.name === 'community',
    ),
  )

t.test('every documented address was found', async (t) => {
  t.ok(OPERATIONS.length > 60, `${OPERATIONS.length} operations`)
  for (const path of ['/api/audit', '/api/observations', '/api/tiles/{layer}/{z}/{x}/{y}.mvt'])
    t.ok(OPERATIONS.some((operation) => operation.path === path) && hasQuery(path), path)
})

t.test('whoever reads of one community sees nothing of another', async (t) => {
  const secrets = [MARK, elsewhere.community_id, ...Object.values(elsewhere.ids)]
  let read = 0
  for (const operation of OPERATIONS) {
    // The list of all communities is public; the live feed has a test of its own.
    if (operation.method !== 'GET' || /communities$|events$/.test(operation.path)) continue
    for (const [role, cookie] of Object.entries(cookies))
      for (const ids of [idsHere, elsewhere.ids]) {
        const address = addressOf(operation, 'tongjian', ids)
        const reply = await app.inject({ url: address, headers: { cookie } })
        // What was asked for may be named in the answer that it is not there.
        const body = address.includes(MARK) || ids === elsewhere.ids ? found(reply) : reply.body
        for (const secret of secrets)
          if (body.includes(secret)) t.fail(`${role} GET ${address} shows ${secret}`)
        if (MARKED_NUMBER.test(body)) t.fail(`${role} GET ${address} shows a number`)
        if (reply.statusCode >= 500) t.fail(`${role} GET ${address}: ${reply.statusCode}`)
        if (ids === elsewhere.ids && operation.path.endsWith('items/{id}'))
          if (reply.statusCode !== 404) t.fail(`${role} GET ${address}: ${reply.statusCode}`)
        read++
      }
  }
  t.ok(read > 500, `${read} requests`)
  const tile = await app.inject('/api/tiles/all/15/24680/13555.mvt?community=elsewhere')
  t.ok(tile.body.includes(MARK), 'the tile of the place shows them when asked for')
})

const found = (reply: { statusCode: number; body: string }) =>
  reply.statusCode < 300 ? reply.body : ''

/**
 * Judging drafts stores nothing; one's session is of no community. Where anybody may write (reports, photos, notices,
 * plates asked after), the walk of `tenancy-loop.test.ts` looks.
 */
const isOpen = ({ method, path }: Operation) =>
  /\/(checks|layouts|session|sessions|session\/password|cases|subjects\/lookup)$|\/notifications\/|\/reports\//.test(
    path,
  ) ||
  (method === 'PUT' && path.includes('/media/'))

t.test('whoever has a role here writes nothing there', async (t) => {
  const before = await contentsOf(engine, elsewhere.community_id)
  let written = 0
  for (const operation of OPERATIONS) {
    if (operation.method === 'GET' || isOpen(operation)) continue
    const payload = bodyFor(operation.path, elsewhere.ids) as object
    for (const [role, cookie] of Object.entries(cookies))
      // Their record by their address, and their record by ours.
      for (const slug of ['elsewhere', 'tongjian']) {
        const address = addressOf(operation, slug, elsewhere.ids)
        if (slug === 'tongjian' && !operation.path.includes('{id}')) continue
        const reply = await app.inject({
          method: operation.method,
          url: address,
          headers: { cookie, 'sec-fetch-site': 'same-origin', 'if-match': '*' },
          ...(operation.method !== 'DELETE' && { payload }),
        })
        // Whether there is such a record is nobody's business: where it is private, 404 is the answer to all.
        const expected = isInventory(operation)
          ? role === 'nobody'
            ? [401]
            : slug === 'elsewhere'
              ? [403]
              : [403, 404]
          : role === 'nobody'
            ? [401, 404]
            : [403, 404]
        if (!expected.includes(reply.statusCode))
          t.fail(`${role} ${operation.method} ${address}: ${reply.statusCode} ${reply.body}`)
        written++
      }
  }
  t.ok(written > 300, `${written} requests`)
  t.equal(await contentsOf(engine, elsewhere.community_id), before, 'every row as it was')
  t.same(
    await engine.db
      .selectFrom('account')
      .select('login')
      .where('login', 'like', 'thief%')
      .execute(),
    [],
  )
})

t.test('a reference cannot point into another community', async (t) => {
  const reply = await app.inject({
    method: 'POST',
    url: '/api/collections/buildings/items?community=tongjian',
    headers: { cookie: cookies['planner']!, 'sec-fetch-site': 'same-origin' },
    payload: {
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [91.1446, 29.6536],
            [91.1447, 29.6536],
            [91.1447, 29.6537],
            [91.1446, 29.6536],
          ],
        ],
      },
      properties: { grid_id: elsewhere.ids['grid'] },
    },
  })
  t.equal(reply.statusCode, 422)
  t.equal(reply.json().errors[0].path, 'properties/grid_id')
})
