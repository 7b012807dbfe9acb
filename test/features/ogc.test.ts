import t from 'tap'
import { signIn, startApp } from '../fixtures/app.ts'

const { app, url } = await startApp(t, { isPageNeeded: false })
const planner = {
  authorization: `Basic ${Buffer.from('planner:planner-demo').toString('base64')}`,
}
interface Linked {
  links: { rel: string; href: string; type?: string }[]
}
const hrefOf = ({ links }: Linked, rel: string) => links.find((link) => link.rel === rel)?.href

async function read<T>(
  href: string,
  accept = 'application/geo+json, application/json',
): Promise<T> {
  const reply = await fetch(href, { headers: { accept } })
  t.equal(reply.status, 200, href)
  return (await reply.json()) as T
}

t.test('a GIS finds its way from the landing page to every bay by links alone', async (t) => {
  for (const root of [`${url}/api/`, `${url}/api/communities/tongjian/`]) {
    const landing = await read<Linked>(root)
    for (const rel of ['self', 'service-desc', 'service-doc', 'conformance', 'data'])
      t.equal((await fetch(hrefOf(landing, rel)!)).status, 200, `${root} ${rel}`)
    const { collections } = await read<{ collections: (Linked & { id: string })[] }>(
      hrefOf(landing, 'data')!,
    )
    const bays = collections.find((collection) => collection.id === 'bays')!
    t.equal((await read<{ id: string }>(hrefOf(bays, 'self')!)).id, 'bays')
    const box = new URL(hrefOf(bays, 'items')!)
    box.searchParams.set('bbox', '91.1,29.6,91.2,29.7')
    box.searchParams.set('limit', '9')
    const seen = new Set<string>()
    let pages = 0
    for (let next: string | undefined = box.href; next; pages++) {
      const page: Linked & { features: { id: string }[]; numberReturned: number } = await read(next)
      t.equal(page.features.length, page.numberReturned)
      for (const feature of page.features) seen.add(feature.id)
      next = hrefOf(page, 'next')
    }
    t.equal(seen.size, 40)
    t.equal(pages, 5, '9 + 9 + 9 + 9 + 4')
    box.searchParams.set('bbox', '91.2,29.7,91.3,29.8')
    t.equal((await read<{ numberReturned: number }>(box.href)).numberReturned, 0)
  }
})

t.test('conformance names what is there', async (t) => {
  const { conformsTo } = await read<{ conformsTo: string[] }>(`${url}/api/conformance`)
  for (const conformance of [
    'ogcapi-features-1/1.0/conf/core',
    'ogcapi-features-1/1.0/conf/geojson',
    'ogcapi-features-4/1.0/conf/create-replace-delete',
    'ogcapi-features-4/1.0/conf/update',
    'ogcapi-features-4/1.0/conf/optimistic-locking',
  ])
    t.ok(
      conformsTo.some((name) => name.endsWith(conformance)),
      conformance,
    )
})

t.test(
  'a desktop GIS creates, replaces, updates and deletes a bay with its own sign-in',
  async (t) => {
    const items = `${url}/api/communities/tongjian/collections/bays/items`
    const send = (method: string, href: string, body?: object, more: Record<string, string> = {}) =>
      fetch(href, {
        method,
        headers: { ...planner, 'content-type': 'application/geo+json', ...more },
        ...(body && { body: JSON.stringify(body) }),
      })
    const feature = {
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [91.1446, 29.6536],
            [91.1448, 29.6536],
            [91.1448, 29.6537],
            [91.1446, 29.6536],
          ],
        ],
      },
      properties: { vehicle_classes: ['bicycle'], name_zh: '来自桌面' },
    }
    const created = await send('POST', items, feature)
    t.equal(created.status, 201)
    const location = created.headers.get('location')!
    const { id } = (await created.json()) as { id: string }
    t.equal(location, `${items}/${id}`, 'the address in the form that was asked')

    const stored = await fetch(location)
    t.match(stored.headers.get('content-type'), /^application\/geo\+json/)
    const etag = stored.headers.get('etag')!
    const body = (await stored.json()) as typeof feature & Linked
    t.equal(hrefOf(body, 'self'), location)
    t.equal(hrefOf(body, 'collection'), items.replace('/items', ''))

    body.properties.name_zh = '改过'
    t.equal((await send('PUT', location, body)).status, 428)
    const replaced = await send('PUT', location, body, { 'if-match': etag })
    t.equal(replaced.status, 200)
    t.equal(((await replaced.json()) as typeof feature).properties.name_zh, '改过')
    const updated = await send(
      'PATCH',
      location,
      { properties: { capacity: 7 } },
      { 'if-match': replaced.headers.get('etag')!, 'content-type': 'application/merge-patch+json' },
    )
    t.match(await updated.json(), { properties: { capacity: 7, name_zh: '改过' } })
    const deleted = await send('DELETE', location, undefined, {
      'if-match': updated.headers.get('etag')!,
    })
    t.equal(deleted.status, 204)
    t.equal((await fetch(location)).status, 410)
    const { features } = await read<{ features: { id: string }[] }>(`${items}?limit=1000`)
    t.notOk(features.some((one) => one.id === id))
  },
)

t.test('the community asked for by query stays in every link', async (t) => {
  const query = '?community=tongjian'
  const collection = await read<Linked>(`${url}/api/collections/bays${query}`)
  t.match(hrefOf(collection, 'items'), /\/items\?community=tongjian$/)
  const page = await read<Linked>(`${hrefOf(collection, 'items')!}&limit=1`)
  t.match(hrefOf(page, 'next'), /community=tongjian/)
  const cookie = await signIn(app, 'planner', 'planner-demo')
  const created = await app.inject({
    method: 'POST',
    url: `/api/collections/grids/items${query}`,
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
    payload: {
      type: 'Feature',
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [91.1446, 29.6536],
            [91.1448, 29.6536],
            [91.1448, 29.6537],
            [91.1446, 29.6536],
          ],
        ],
      },
      properties: {},
    },
  })
  t.match(
    created.headers.location,
    /\/api\/collections\/grids\/items\/[0-9a-f-]{36}\?community=tongjian$/,
  )
})

t.test('records in force at an instant: an ended one is still there for its time', async (t) => {
  const at = (instant: string) =>
    read<{ features: { properties: { external_id: string } }[] }>(
      `${url}/api/collections/bays/items?limit=1000&datetime=${encodeURIComponent(instant)}`,
    )
  t.equal((await at('2026-04-30T00:00:00+08:00')).features.length, 0, 'before the sample')
  t.equal((await at('2026-09-14T12:00:00+08:00')).features.length, 40)
})

interface OpenApi {
  openapi: string
  paths: Record<
    string,
    Record<
      string,
      {
        summary?: string
        tags?: string[]
        responses?: Record<string, { description?: string }>
        parameters?: { name: string; in: string; schema?: object }[]
        requestBody?: { content: Record<string, { schema: object }> }
      }
    >
  >
}

t.test('the OpenAPI document is 3.1, whole and says what every address does', async (t) => {
  const document = await read<OpenApi>(`${url}/api/openapi.json`, 'application/json')
  t.match(document.openapi, /^3\.1\.\d$/)
  let operations = 0
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      const name = `${method} ${path}`
      operations++
      t.ok(operation.summary, `${name} has a summary`)
      t.ok(operation.tags?.length, `${name} has a tag`)
      const statuses = Object.keys(operation.responses ?? {})
      t.ok(
        statuses.some((status) => /^[23]/.test(status)),
        `${name} says how it answers`,
      )
      t.ok(statuses.includes('default'), `${name} says how it fails`)
      const inPath = [...path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1])
      const declared = (operation.parameters ?? []).filter((p) => p.in === 'path')
      t.same(declared.map((p) => p.name).sort(), inPath.sort(), `${name} declares its parameters`)
      if (method === 'post' || method === 'put' || method === 'patch')
        t.ok(operation.requestBody, `${name} says what it takes`)
    }
  t.ok(operations > 60, `${operations} operations`)
  const text = JSON.stringify(document)
  for (const [, pointer] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
    let at: unknown = document
    for (const key of pointer!.split('/').slice(1)) at = (at as Record<string, unknown>)?.[key]
    t.ok(at, `#${pointer} leads somewhere`)
  }
  t.notMatch(text, /"nullable":/, 'a word of 3.0')
  t.equal((await fetch(`${url}/api/docs/`)).status, 200)
})
