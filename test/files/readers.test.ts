import t from 'tap'
import { openFile } from '../../api/files/open-file.ts'
import { readCsv } from '../../api/files/read-csv.ts'
import { examine } from '../../api/files/source-file.ts'
import { collection, feature, square, writeFiles } from './load.ts'

const bays = (file: string) => openFile(file, { as: 'bays', source: null, map: {} })
const POINT = { type: 'Point', coordinates: [13.4, 52.5] }

t.test('GeoJSON is read feature by feature, whatever stands beside the features', async (t) => {
  const at = writeFiles(t, {
    'after.geojson': `{"type":"FeatureCollection","name":"n","features":[${JSON.stringify(feature(POINT, { a: [1, { b: null }] }, 'x'))},${JSON.stringify(feature(null, {}))}],"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::25833"}}}`,
    'one.geojson': JSON.stringify(feature(POINT, { n: 1 })),
    'bare.geojson': JSON.stringify(POINT),
    'none.geojson': collection([]),
    'mixed.geojson': collection([feature(POINT, {}), 7, { type: 'Point' }]),
  })
  const after = await bays(at('after.geojson'))
  t.equal(after.declaredCrs, 'urn:ogc:def:crs:EPSG::25833')
  t.same(
    after.records.map(({ index, id, properties }) => ({ index, id, properties })),
    [
      { index: 0, id: 'x', properties: { a: [1, { b: null }] } },
      { index: 1, id: null, properties: {} },
    ],
  )
  t.same((await bays(at('one.geojson'))).records[0]!.properties, { n: 1 })
  t.same((await bays(at('bare.geojson'))).records[0]!.geometry, POINT)
  t.equal((await bays(at('none.geojson'))).records.length, 0)
  const faults = (await bays(at('mixed.geojson'))).records.map(({ fault }) => fault)
  t.same(faults, [undefined, 'is no GeoJSON Feature', 'is no GeoJSON Feature'])
})

t.test('JSON that breaks off is refused with how far it went', async (t) => {
  const whole = collection([feature(POINT, {}), feature(POINT, {}), feature(POINT, {})])
  const at = writeFiles(t, {
    'cut.geojson': whole.slice(0, whole.length - 40),
    'other.geojson': '{"type":"Topology","objects":{}}',
    'nan.geojson': '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":NaN}]}',
  })
  await t.rejects(bays(at('cut.geojson')), {
    message: /cut.geojson is not whole JSON \(after 2 features\)/,
  })
  await t.rejects(bays(at('other.geojson')), {
    message: /is JSON but not GeoJSON: its type is "Topology", expected "FeatureCollection"/,
  })
  await t.rejects(bays(at('nan.geojson')), { message: /is not whole JSON/ })
})

t.test('GeoJSON in lines: a bad line is one refused record', async (t) => {
  const line = JSON.stringify(feature(POINT, {}))
  const at = writeFiles(t, {
    'plain.ndjson': `${line}\n{"type":\n${line}`,
    'marked.geojsons': `\x1e${line}\n\x1e${line}\n`,
    'lines.json': `${line}\n${line}\n`,
  })
  const plain = await bays(at('plain.ndjson'))
  t.match(plain.records, [{ index: 0 }, { index: 1, fault: /^is not JSON/ }, { index: 2 }])
  t.equal(plain.records.length, 3)
  t.equal((await bays(at('marked.geojsons'))).records.length, 2)
  t.equal((await bays(at('lines.json'))).nature.format, 'geojson-seq')
})

t.test('encodings are found: UTF-8 with a mark, UTF-16, and GBK by what is no UTF-8', async (t) => {
  const rows = 'name_zh,lon,lat\n统建巷,91.14,29.65\n'
  // 统建巷 in GBK (GB 18030-2005): CD B3 · BD A8 · CF EF.
  const gbk = Buffer.concat([
    Buffer.from('name_zh,lon,lat\n'),
    Buffer.from([0xcd, 0xb3, 0xbd, 0xa8, 0xcf, 0xef]),
    Buffer.from(',91.14,29.65\n'),
  ])
  const at = writeFiles(t, {
    'bom.csv': `\ufeff${rows}`,
    'wide.csv': Buffer.from(`\ufeff${rows}`, 'utf16le'),
    'gbk.csv': gbk,
    'bom.geojson': `\ufeff${collection([feature(POINT, {})])}`,
  })
  const encodings = { 'bom.csv': 'utf-8', 'wide.csv': 'utf-16le', 'gbk.csv': 'gb18030' }
  for (const [name, encoding] of Object.entries(encodings)) {
    const opened = await bays(at(name))
    t.equal(opened.nature.encoding, encoding, name)
    t.same(opened.records[0]!.properties, { name_zh: '统建巷', lon: '91.14', lat: '29.65' }, name)
    t.same(opened.records[0]!.geometry, { type: 'Point', coordinates: [91.14, 29.65] }, name)
  }
  t.equal((await bays(at('bom.geojson'))).records.length, 1)
})

t.test(
  'CSV: semicolons, decimal commas, quoted line breaks, lines counted as an editor does',
  async (t) => {
    const at = writeFiles(t, {
      'semicolon.csv':
        'id;Längengrad;Breitengrad;note\n1;13,4001;52,5;"two\nlines; one field"\n2;13,5;52,6;\n',
      'short.csv': 'a,lon,lat\n1,2\n1,2,3\n\n1,2,3,4\n',
      'twice.csv': 'a,b,a\n1,2,3\n',
      'open.csv': 'a,b\n1,"never closed\n2,3\n',
      'tab.tsv': 'x\ty\n1.5\t2.5\n',
    })
    const file = at('semicolon.csv')
    const { records } = await readCsv(file, await examine(file), {
      lon: 'Längengrad',
      lat: 'Breitengrad',
    })
    t.same(records[0]!.geometry, { type: 'Point', coordinates: [13.4001, 52.5] })
    t.equal(records[0]!.properties['note'], 'two\nlines; one field')
    t.equal(records[1]!.properties['note'], null)
    const short = await bays(at('short.csv'))
    t.same(
      short.records.map(({ fault }) => fault),
      ['has 2 fields, the heading has 3', undefined, 'has 4 fields, the heading has 3'],
    )
    await t.rejects(bays(at('twice.csv')), { message: 'twice.csv has the column "a" twice' })
    await t.rejects(bays(at('open.csv')), { message: /open.csv cannot be read as CSV/ })
    const tab = await bays(at('tab.tsv'))
    t.same(tab.records[0]!.geometry, { type: 'Point', coordinates: [1.5, 2.5] })
  },
)

t.test('files of other kinds are refused by what they are', async (t) => {
  const at = writeFiles(t, {
    'empty.geojson': '',
    'shape.zip': Buffer.from('PK\x03\x04rest'),
    'notes.md': '# no data',
    'unknown.geojson': collection([feature(square(13, 52), { something: 1 })]),
  })
  await t.rejects(bays('/nowhere/at/all.geojson'), { message: /there is no file/ })
  await t.rejects(bays(at('empty.geojson')), { message: 'empty.geojson is empty' })
  await t.rejects(bays(at('shape.zip')), { message: /ZIP archive: unpack it/ })
  await t.rejects(bays(at('notes.md')), {
    message: /neither GeoJSON, nor GeoJSON in lines, nor CSV/,
  })
  await t.rejects(openFile(at('unknown.geojson'), { as: null, source: null, map: {} }), {
    message: /of no publisher known here: say with --as/,
  })
  await t.rejects(openFile(at('unknown.geojson'), { as: 'cars', source: null, map: {} }), {
    message: /--as "cars" is neither a collection \(grids, .*\) nor a profile/,
  })
  await t.rejects(
    openFile(at('unknown.geojson'), { as: 'bays', source: null, map: { wheels: 'w' } }),
    { message: /bays has no "wheels" to map to; it has name_zh/ },
  )
})
