import t from 'tap'
import { signIn, testApp } from '../fixtures/app.ts'
import { type Case, checkCases, polygon, RING } from '../fixtures/bad-input.ts'

const { app } = await testApp(t)
const cookie = await signIn(app, 'leader', 'leader-demo')
const BAYS = '/api/collections/bays/items'
const walk = (name: string, cases: readonly Case[]): void =>
  void t.test(name, (t) => checkCases(t, app, cookie, cases))

/** Geometry that a bay must not have; all of it is refused at its place. */
const GEOMETRIES: readonly (readonly [what: string, geometry: unknown, path: string | RegExp])[] = [
  ['unclosed', polygon([RING.slice(0, 4)]), /^geometry\/coordinates\/0/],
  ['three positions', polygon([[RING[0], RING[1], RING[0]]]), /^geometry\/coordinates\/0/],
  [
    'self-crossing',
    polygon([[RING[0], RING[2], RING[1], RING[3], RING[0]]]),
    /^geometry\/coordinates\/0/,
  ],
  ['no area', polygon([[RING[0], RING[1], RING[0], RING[0]]]), /^geometry\/coordinates\/0/],
  [
    'hole outside',
    polygon([RING, RING.map(([lon, lat]) => [lon! + 0.01, lat])]),
    /^geometry\/coordinates\/1/,
  ],
  ['the same ring twice', polygon([RING, RING]), /^geometry\/coordinates\/[01]/],
  ['empty', polygon([]), /^geometry/],
  ['an empty ring', polygon([[]]), /^geometry/],
  ['null inside', polygon([[[null, 1], ...RING.slice(1)]]), /^geometry\/coordinates\/0\/0/],
  ['text inside', polygon([[['91', '29'], ...RING.slice(1)]]), /^geometry\/coordinates\/0\/0/],
  ['one number', polygon([[[91], ...RING.slice(1)]]), /^geometry\/coordinates\/0\/0/],
  [
    'five numbers',
    polygon([[[91, 29, 1, 2, 3], ...RING.slice(1)]]),
    /^geometry\/coordinates\/0\/0/,
  ],
  ['lat lon swapped', polygon([RING.map(([lon, lat]) => [lat, lon])]), /^geometry/],
  ['metres', polygon([RING.map(([lon, lat]) => [lon! * 1e5, lat! * 1e5])]), /^geometry/],
  ['beyond a pole', polygon([RING.map(([lon]) => [lon, 91])]), /^geometry/],
  [
    'over the antimeridian',
    polygon([
      [
        [179, 0],
        [-179, 0],
        [-179, 1],
        [179, 0],
      ],
    ]),
    /^geometry/,
  ],
  ['another town', polygon([RING.map(([lon, lat]) => [lon! - 78, lat! + 23])]), 'geometry'],
  ['a collection', { type: 'GeometryCollection', geometries: [] }, /^geometry/],
  ['no such type', { type: 'Circle', coordinates: [0, 0] }, /^geometry/],
  ['a line where an area is wanted', { type: 'LineString', coordinates: RING }, /^geometry/],
  ['a text', 'POINT(0 0)', 'geometry'],
  ['null', null, 'geometry'],
  ['a number', 5, 'geometry'],
  ['no coordinates', { type: 'Polygon' }, /^geometry/],
  ['coordinates as an object', { type: 'Polygon', coordinates: { 0: 1 } }, /^geometry/],
]

walk(
  'geometry: 25 faults, each named by its place',
  GEOMETRIES.map(([what, geometry, path]): Case => ({
    what,
    url: '/api/collections/grids/items',
    body: { type: 'Feature', geometry, properties: {} },
    status: 422,
    path,
  })),
)

walk(
  'the same geometry in a draft to be judged',
  GEOMETRIES.filter(([what]) => !/town|line/.test(what)).map(([what, geometry]): Case => ({
    what,
    url: '/api/checks',
    body: {
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          geometry,
          properties: { collection: 'bays', vehicle_classes: ['bicycle'] },
        },
      ],
    },
    status: 422,
    path: /^features\/0\/geometry/,
  })),
)

const deep = (levels: number) => `${'['.repeat(levels)}91${']'.repeat(levels)}`
const featureText = (geometry: string) =>
  `{"type":"Feature","geometry":${geometry},"properties":{"vehicle_classes":["bicycle"]}}`
const position = '[91.1446,29.6536],'

walk('bodies', [
  {
    what: '1,000,000 vertices',
    url: BAYS,
    body: featureText(`{"type":"Polygon","coordinates":[[${position.repeat(1_000_000)}[91,29]]]}`),
    status: 413,
  },
  {
    what: '1,000,000 vertices to be judged',
    url: '/api/checks',
    body: `{"type":"FeatureCollection","features":[${featureText(`{"type":"Polygon","coordinates":[[${position.repeat(1_000_000)}[91,29]]]}`)}]}`,
    status: 413,
  },
  {
    what: 'nested 100 deep',
    url: BAYS,
    body: featureText(`{"type":"Polygon","coordinates":${deep(100)}}`),
    status: 422,
    path: /^geometry/,
  },
  {
    what: 'nested 400,000 deep',
    url: BAYS,
    body: featureText(`{"type":"Polygon","coordinates":${deep(400_000)}}`),
    status: [400, 422],
  },
  {
    what: 'properties nested 100,000 deep',
    url: BAYS,
    body: `{"type":"Feature","geometry":null,"properties":{"windows":${deep(100_000)}}}`,
    status: [400, 422],
  },
  { what: 'no JSON', url: BAYS, body: '{"type":', status: 400 },
  { what: 'empty', url: BAYS, body: '', status: 400 },
  {
    what: 'NaN',
    url: BAYS,
    body: featureText('{"type":"Point","coordinates":[NaN,1]}'),
    status: 400,
  },
  { what: '__proto__', url: BAYS, body: '{"__proto__":{"x":1}}', status: 400 },
  { what: 'a list', url: BAYS, body: [], status: 422 },
  { what: 'null', url: BAYS, body: 'null', status: [400, 422] },
  {
    what: 'text/plain',
    url: BAYS,
    body: 'x',
    headers: { 'content-type': 'text/plain' },
    status: 415,
  },
  {
    what: 'no content type that is one',
    url: BAYS,
    body: '{}',
    headers: { 'content-type': ';;' },
    status: [400, 415],
  },
  { what: 'XML', url: BAYS, body: '<x/>', headers: { 'content-type': 'text/xml' }, status: 415 },
  {
    what: 'observations as no list',
    url: '/api/observations',
    body: { kind: 'count' },
    status: 422,
  },
  {
    what: '10,001 observations',
    url: '/api/observations',
    body: Array.from({ length: 10_001 }, () => 1),
    status: 422,
  },
])
