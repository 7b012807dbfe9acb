import t from 'tap'
import { testApp } from '../fixtures/app.ts'
import { collection, feature, load, only, square, writeFiles } from '../files/load.ts'

const { app, engine } = await testApp(t)

/** Communities of racks on squares of 0.001 degrees, loaded as a town would. */
async function town(slug: string, corners: readonly (readonly [number, number])[]) {
  const racks = corners.map(([lon, lat], index) =>
    feature(square(lon, lat, 0.001), { vehicle_classes: ['bicycle'], external_id: `R-${index}` }),
  )
  const at = writeFiles(t, { 'racks.geojson': collection(racks) })
  const choices = { as: 'bays', crs: 'EPSG:4326', timeZone: 'Asia/Shanghai' }
  const outcomes = await load(engine, slug, [at('racks.geojson')], choices)
  t.equal(only(outcomes).inserted, corners.length)
}

interface Summary {
  main_bbox: [number, number, number, number] | null
  community: { bbox: [number, number, number, number] | null }
}
const summaryOf = async (slug: string): Promise<Summary> =>
  (await app.inject(`/api/communities/${slug}/summary`)).json<Summary>()
const rounded = (box: readonly number[] | null) => box?.map((degrees) => Number(degrees.toFixed(4)))

t.test('a rack in another town does not decide where a community’s map opens', async (t) => {
  // A row of racks from 91.00 to 91.11, and one a degree away. Middles of the row: 91.0005 to 91.1105.
  const row = Array.from({ length: 12 }, (_, i) => [91 + i / 100, 29.5] as const)
  await town('stray', [...row, [92.2, 30.2]])
  const { main_bbox, community } = await summaryOf('stray')
  t.same(rounded(main_bbox), [91, 29.5, 91.111, 29.501])
  t.ok(community.bbox![2] > 92.2, 'the boundary still holds it')
})

t.test('racks that lie together, however unevenly, are all in it', async (t) => {
  // Three on one spot and one 400 m beside: the quartiles alone would call it a stray.
  await town('corner', [
    [91, 29],
    [91, 29],
    [91, 29],
    [91.004, 29],
  ])
  t.same(rounded((await summaryOf('corner')).main_bbox), [91, 29, 91.005, 29.001])
})

t.test('what reaches over the boundary does not widen the view: VZ-3 lies outside', async (t) => {
  const { main_bbox, community } = await summaryOf('tongjian')
  t.same(rounded(main_bbox), rounded(community.bbox))
})

t.test('a boundary is one feature with an etag; who has it gets 304', async (t) => {
  const reply = await app.inject('/api/communities/tongjian/boundary')
  t.equal(reply.statusCode, 200, reply.body)
  t.match(reply.headers['content-type'], /^application\/geo\+json/)
  const boundary = reply.json<{ geometry: { coordinates: number[][][][] } }>()
  t.match(boundary, {
    type: 'Feature',
    geometry: { type: 'MultiPolygon' },
    properties: { slug: 'tongjian', name_zh: '统建社区(示例)' },
  })
  const lons = boundary.geometry.coordinates.flat(2).map(([lon]) => lon!)
  const { community } = await summaryOf('tongjian')
  t.equal(Math.min(...lons).toFixed(7), community.bbox![0].toFixed(7))

  const again = await app.inject({
    url: '/api/communities/tongjian/boundary',
    headers: { 'if-none-match': reply.headers.etag as string },
  })
  t.equal(again.statusCode, 304)
  t.equal(again.body, '')
  t.equal((await app.inject('/api/communities/nowhere/boundary')).statusCode, 404)
})

t.test('a community without a boundary says so: its geometry is null', async (t) => {
  await engine.db
    .insertInto('community')
    .values({
      id: '01990000-0000-7000-8000-00000000b0d1',
      slug: 'unbounded',
      time_zone: 'Asia/Shanghai',
      rule_pack_id: 'cn-default',
      geom: null as never,
    })
    .execute()
  const reply = await app.inject('/api/communities/unbounded/boundary')
  t.equal(reply.statusCode, 200, reply.body)
  t.equal(reply.json<{ geometry: unknown }>().geometry, null)
  t.equal((await summaryOf('unbounded')).main_bbox, null)
})
