import t from 'tap'
import { boxOf, findMisfits, transformer } from '../../api/files/coordinates.ts'
import { crsOf } from '../../api/files/crs.ts'
import { crsOfFile, openFile, refusalOfUnknownCrs } from '../../api/files/open-file.ts'
import { collection, feature, square, writeFiles } from './load.ts'

const RADIANS = Math.PI / 180
const METRES_PER_DEGREE = 111_320

/** Metres between two places a little apart. */
const distance = ([lon, lat]: readonly number[], [lon2, lat2]: readonly number[]) =>
  METRES_PER_DEGREE * Math.hypot((lon! - lon2!) * Math.cos(lat! * RADIANS), lat! - lat2!)

/** Metres along a meridian from the equator, by Simpson's rule over M(φ) = a(1−e²)/(1−e² sin²φ)^1.5. */
function meridianArc(lat: number, inverseFlattening: number): number {
  const [a, f] = [6_378_137, 1 / inverseFlattening]
  const e2 = f * (2 - f)
  const radius = (phi: number) => (a * (1 - e2)) / (1 - e2 * Math.sin(phi) ** 2) ** 1.5
  const [steps, h] = [2_000, (lat * RADIANS) / 2_000]
  let sum = radius(0) + radius(lat * RADIANS)
  for (let i = 1; i < steps; i++) sum += radius(i * h) * (i % 2 ? 4 : 2)
  return (sum * h) / 3
}
const GRS80 = 298.257222101
const WGS84 = 298.257223563

t.test('the meridian arc used below is the published one', async (t) => {
  // Moritz, Geodetic Reference System 1980: meridian quadrant 10 001 965.7293 m.
  t.ok(Math.abs(meridianArc(90, GRS80) - 10_001_965.7293) < 0.001)
})

t.test(
  'Gauss-Krüger and UTM on their middle meridian: 500 km east, the meridian arc north',
  async (t) => {
    // Name, meridian, false easting, scale, ellipsoid, false northing.
    const zones = [
      ['EPSG:4490', 0, 0, 0, 0, 0],
      // CGCS2000 in 3 degree zones: zone 30 (90° E, Lhasa) with and without its number in front.
      ['EPSG:4518', 90, 30_500_000, 1, GRS80, 0],
      ['EPSG:4539', 90, 500_000, 1, GRS80, 0],
      // … zone 39 (117° E), and in 6 degree zones zone 20 (117° E) and 16 (93° E, without number).
      ['EPSG:4527', 117, 39_500_000, 1, GRS80, 0],
      ['EPSG:4498', 117, 20_500_000, 1, GRS80, 0],
      ['EPSG:4505', 93, 500_000, 1, GRS80, 0],
      // UTM: scale 0.9996; ETRS89 zone 33 (15° E), WGS 84 zone 46 north (93° E) and 55 south (147° E).
      ['EPSG:25833', 15, 500_000, 0.9996, GRS80, 0],
      ['urn:ogc:def:crs:EPSG::32646', 93, 500_000, 0.9996, WGS84, 0],
      ['EPSG:32755', 147, 500_000, 0.9996, WGS84, 10_000_000],
    ] as const
    for (const [name, meridian, easting, scale, ellipsoid, northing] of zones.slice(1)) {
      const lat = northing ? -37.5 : 45
      const y = northing + Math.sign(lat) * scale * meridianArc(Math.abs(lat), ellipsoid)
      const found = transformer(crsOf(name))(easting, y)
      t.ok(distance(found, [meridian, lat]) < 0.001, `${name}: ${found.join(' ')}`)
    }
    t.same(transformer(crsOf('EPSG:4490'))(91.14, 29.65), [91.14, 29.65])
  },
)

t.test('published points off the meridian', async (t) => {
  // Wikipedia, "Universal Transverse Mercator coordinate system": the CN Tower, 43°38′33.24″N 79°23′13.7″W, is at
  // 17N 630084 4833438 (whole metres).
  const tower = transformer(crsOf('EPSG:32617'))(630_084, 4_833_438)
  t.ok(distance(tower, [-(79 + 23 / 60 + 13.7 / 3600), 43 + 38 / 60 + 33.24 / 3600]) < 1)
  // IOGP Guidance Note 7-2, Popular Visualisation Pseudo-Mercator: 24°22′54.433″N 100°20′00.000″W is at
  // E −11 169 055.58, N 2 800 000.00.
  const mercator = transformer(crsOf('EPSG:3857'))(-11_169_055.58, 2_800_000)
  t.ok(distance(mercator, [-(100 + 20 / 60), 24 + 22 / 60 + 54.433 / 3600]) < 0.02)
})

t.test('GCJ-02 and BD-09 are unshifted to within half a metre', async (t) => {
  // Reference pairs of the published implementation github.com/googollee/eviltransform (WGS 84, then GCJ-02).
  const pairs = [
    [121.5272106, 31.1774276, 121.531541859215, 31.17530398364597],
    [113.912316, 22.543847, 113.9171764808363, 22.540796131694766],
    [116.377817, 39.911954, 116.38404722455657, 39.91334545536069],
  ] as const
  for (const [lon, lat, gcjLon, gcjLat] of pairs) {
    const found = transformer(crsOf('GCJ-02'))(gcjLon, gcjLat)
    t.ok(distance(found, [lon, lat]) < 0.5, `${lon} ${lat}`)
  }
  // BD-09 is GCJ-02 turned and stretched once more, by the formula of the same source.
  const toBaidu = (lon: number, lat: number) => {
    const turns = (Math.PI * 3000) / 180
    const far = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * turns)
    const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * turns)
    return [far * Math.cos(angle) + 0.0065, far * Math.sin(angle) + 0.006] as const
  }
  for (const [lon, lat, gcjLon, gcjLat] of pairs) {
    const found = transformer(crsOf('BD-09'))(...toBaidu(gcjLon, gcjLat))
    t.ok(distance(found, [lon, lat]) < 0.5, `${lon} ${lat}`)
  }
})

t.test('at 91.14, 29.65 GCJ-02 lies 338 m away from WGS 84', async (t) => {
  const found = transformer(crsOf('gcj02'))(91.14, 29.65)
  t.ok(Math.abs(distance(found, [91.14, 29.65]) - 338) < 2, `${distance(found, [91.14, 29.65])} m`)
})

t.test(
  'a coordinate system that does not fit most of the coordinates is refused by name',
  async (t) => {
    const refusal = (name: string, ...positions: number[][]) => {
      const boxes = positions.map((coordinates) => boxOf({ type: 'Point', coordinates }))
      return () => findMisfits(crsOf(name), boxes)
    }
    t.throws(refusal('EPSG:4326', [392_000, 5_820_000]), {
      message: /are not degrees, so they are not in EPSG:4326: give .* --crs EPSG:25833/,
    })
    t.throws(refusal('EPSG:25833', [13.4, 52.5]), {
      message: /look like degrees, but EPSG:25833 is in metres/,
    })
    t.throws(refusal('EPSG:4326', [-37.8, 144.9]), {
      message: /look like latitude before longitude: give --swap-axes/,
    })
    t.throws(refusal('EPSG:25833', [5_820_000, 392_000]), {
      message: /fit EPSG:25833 only with their axes exchanged: give --swap-axes/,
    })
    t.throws(refusal('GCJ-02', [13.4, 52.5]), {
      message: /do not fit GCJ-02, which is used between 72° and 136° east/,
    })
    // Zone 30 declared, numbers of zone 39: 27 degrees further east.
    t.throws(refusal('EPSG:4518', [39_500_000, 3_300_000]), { message: /do not fit EPSG:4518/ })
    t.throws(() => crsOf('EPSG:31468'), {
      message: /"EPSG:31468" is not known here; give --crs with one of EPSG:4326/,
    })
    t.throws(() => crsOf('Beijing 1954'), { message: /is not known here/ })
    t.same(refusal('EPSG:4326', [13.4, 52.5], [13.4, 952.5], [13.5, 52.5])(), new Set([1]))
  },
)

t.test('who names no system: GeoJSON is WGS 84, but in China somebody must say so', async (t) => {
  const at = writeFiles(t, {
    'berlin.geojson': collection([feature(square(13.4, 52.5), {})]),
    'lhasa.geojson': collection([feature(square(91.14, 29.65), {})]),
    'metres.csv': 'x,y\n392000,5820000\n',
    'declared.geojson': collection([feature(square(91.14, 29.65), {})], {
      crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } },
    }),
  })
  const opened = (name: string) => openFile(at(name), { as: 'bays', source: null, map: {} })
  t.equal(crsOfFile(await opened('berlin.geojson'), null)!.name, 'CRS84')
  const lhasa = await opened('lhasa.geojson')
  t.equal(crsOfFile(lhasa, null), null)
  t.match(
    refusalOfUnknownCrs(lhasa).message,
    /lies in China \(91.14, 29.65\) .* give --crs EPSG:4326, GCJ-02 or BD-09/,
  )
  t.equal(crsOfFile(lhasa, 'gcj02')!.name, 'GCJ-02')
  t.equal(crsOfFile(await opened('declared.geojson'), null)!.name, 'CRS84')
  const metres = await opened('metres.csv')
  t.equal(crsOfFile(metres, null), null)
  t.match(refusalOfUnknownCrs(metres).message, /are not degrees, .* --crs EPSG:25833/)
})
