import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import t from 'tap'
import {
  COLLECTION_IDS,
  featureBody,
  type CollectionId,
} from '../../api/features/inventory/contract.ts'
import { generateSample } from '../../geodata/tongjian/generate.ts'

const COMMITTED = path.resolve(import.meta.dirname, '../../geodata/tongjian')

interface Feature {
  id: string
  geometry: { type: string; coordinates: unknown }
  properties: Record<string, unknown>
}

const features = (collection: string) =>
  (
    JSON.parse(readFileSync(path.join(COMMITTED, `${collection}.geojson`), 'utf8')) as {
      features: Feature[]
    }
  ).features

t.test('generating again gives the 16 committed files byte for byte', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-sample-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const names = generateSample(folder)
  t.equal(names.length, 16)
  t.same(
    names.toSorted(),
    readdirSync(COMMITTED)
      .filter((name) => !name.endsWith('.ts'))
      .toSorted(),
  )
  for (const name of names)
    t.ok(
      readFileSync(path.join(folder, name)).equals(readFileSync(path.join(COMMITTED, name))),
      name,
    )
  t.end()
})

t.test('every feature is one that the inventory would take from a client', (t) => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  for (const collection of COLLECTION_IDS) {
    const validate = ajv.compile(featureBody(collection))
    const refused = features(collection).filter((feature) => !validate(feature))
    t.same(refused, [], `${collection}: ${ajv.errorsText(validate.errors)}`)
  }
  t.end()
})

t.test('ids and external ids are given once', (t) => {
  const all = COLLECTION_IDS.flatMap((collection: CollectionId) => features(collection))
  t.equal(new Set(all.map((feature) => feature.id)).size, all.length)
  t.equal(new Set(all.map((feature) => feature.properties['external_id'])).size, all.length)
  t.end()
})

t.test('every file says in Chinese and in English that it is synthetic', (t) => {
  for (const name of readdirSync(COMMITTED).filter((name) => /json$/.test(name)))
    t.match(readFileSync(path.join(COMMITTED, name), 'utf8'), /合成.*SYNTHETIC/, name)
  const [community] = features('community')
  t.match(community!.properties['notice'], /合成示例[\s\S]*Synthetic sample/)
  t.equal(community!.properties['is_synthetic'], true)
  t.end()
})

t.test(
  'a street has two sides, with footways of 0 to 5 m and kerb lines half a carriageway away',
  (t) => {
    const segments = features('street_segments')
    t.equal(segments.length, 16)
    // At 29.655° N a degree of longitude is 96.82 km, one of latitude 110.85 km (WGS 84).
    const metres = ([lon, lat]: [number, number]) => [lon * 96_818.27, lat * 110_846.65] as const
    for (const { geometry, properties } of segments) {
      const sides = properties['sides'] as {
        side: string
        footway_width_m: number
        kerb_line: { coordinates: [number, number][] }
      }[]
      t.same(
        sides.map(({ side }) => side),
        ['left', 'right'],
      )
      const [from, to] = (geometry.coordinates as [number, number][]).map(metres)
      const [along, up] = [to![0] - from![0], to![1] - from![1]]
      for (const { side, footway_width_m, kerb_line } of sides) {
        t.ok(footway_width_m >= 0 && footway_width_m <= 5)
        for (const end of kerb_line.coordinates.map(metres)) {
          const leftwards =
            (along * (end[1] - from![1]) - up * (end[0] - from![0])) / Math.hypot(along, up)
          const expected = Number(properties['carriageway_width_m']) / 2
          t.ok(Math.abs(leftwards - (side === 'left' ? expected : -expected)) < 0.005)
        }
      }
    }
    t.end()
  },
)
