import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { metricFrame, toDegrees, toMetres } from '../../api/domain/geometry/metric-frame.ts'
import {
  type TrackFix,
  WALKED_SHARE,
  type WalkableStreet,
  walkedSides,
} from '../../api/domain/geometry/track-matching.ts'

const frame = metricFrame(91.145, 29.655)
const START = Date.UTC(2026, 8, 16, 1)
type Place = readonly [x: number, y: number]

const street = (segment_id: string, ...points: Place[]): WalkableStreet => ({
  segment_id,
  centreline: points.map(([x, y]) => toDegrees(frame, x, y)),
  sides: ['left', 'right'],
})
const fix = ([x, y]: Place, seconds: number, accuracy_m = 5): TrackFix => {
  const [lon, lat] = toDegrees(frame, x, y)
  return { lon, lat, accuracy_m, at: START + seconds * 1000 }
}
/** A fix a second from one place to another. */
function walk(from: Place, to: Place, metres_a_second = 1.25, accuracy_m = 5, since = 0) {
  const seconds = Math.floor(Math.hypot(to[0] - from[0], to[1] - from[1]) / metres_a_second)
  return Array.from({ length: seconds + 1 }, (_, s): TrackFix => {
    const part = s / seconds
    const place: Place = [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]
    return fix(place, since + s, accuracy_m)
  })
}
/** Like "east left 1.00", with a question mark where it is not sure. */
const told = (track: readonly TrackFix[], streets: readonly WalkableStreet[]) =>
  walkedSides(track, streets).map(
    ({ segment_id, side, share, is_sure }) =>
      `${segment_id} ${side} ${share.toFixed(2)}${is_sure ? '' : '?'}`,
  )

/** 100 m drawn eastwards: north of it is its left. */
const EAST = street('east', [0, 0], [100, 0])

t.test(
  'who walks the northern footway of a street has walked its left side, and only that',
  async (t) => {
    t.same(told(walk([0, 8], [100, 8]), [EAST]), ['east left 1.00'])
    t.same(told(walk([100, -8], [0, -8]), [EAST]), ['east right 1.00'])
    const there = walk([0, 8], [100, 8])
    const back = walk([100, -8], [0, -8], 1.25, 5, 90)
    t.same(told([...there, ...back], [EAST]), ['east left 1.00', 'east right 1.00'])
  },
)

t.test('61 of 100 m are walked to 62 %, and two metres more for the step', async (t) => {
  // 50 pieces of 2 m: 0 to 30, and one beyond.
  t.same(told(walk([0, 8], [61, 8]), [EAST]), ['east left 0.64'])
})

t.test('8 m from the centreline 17 m of accuracy tell no side, 15 m do', async (t) => {
  t.same(told(walk([0, 8], [100, 8], 1.25, 17), [EAST]), ['east left 1.00?', 'east right 1.00?'])
  t.same(told(walk([0, 8], [100, 8], 1.25, 15), [EAST]), ['east left 1.00'])
  const half = [...walk([0, 8], [50, 8]), ...walk([50, 8], [100, 8], 1.25, 20, 41)]
  t.same(told(half, [EAST])[0], 'east left 1.00?', 'sure of a half only')
})

t.test('the corridor is 15 m and the accuracy', async (t) => {
  t.same(told(walk([0, 19.9], [100, 19.9]), [EAST]), ['east left 1.00'])
  t.same(told(walk([0, 20.2], [100, 20.2]), [EAST]), [])
  t.same(told(walk([0, 20.2], [100, 20.2], 1.25, 6), [EAST]), ['east left 1.00'])
})

t.test('over 30 s of silence it went straight, over 31 s nobody knows', async (t) => {
  t.same(told([fix([0, 8], 0), fix([91, 8], 30)], [EAST]), ['east left 0.94'])
  // Two places of two pieces and of three.
  t.same(told([fix([0, 8], 0), fix([91, 8], 31)], [EAST]), ['east left 0.10'])
})

t.test('what was driven is not walked, on a bicycle neither', async (t) => {
  t.same(told(walk([0, 3], [100, 3], 8, 2), [EAST]), [])
  t.same(told(walk([0, 3], [100, 3], 4.5, 2), [EAST]), [])
  t.same(told(walk([0, 3], [100, 3], 2, 2), [EAST]), ['east left 1.00'])
  const LONG = street('long', [0, 0], [400, 0])
  const parked = [...walk([0, 8], [200, 8], 8), ...walk([200, 8], [400, 8], 1.25, 5, 26)]
  const [side] = walkedSides(parked, [LONG])
  t.ok(side!.share > 0.45 && side!.share <= 0.52, `the second half: ${side!.share}`)
})

t.test('a phone that jumps away and back, a cold start and a bad fix change nothing', async (t) => {
  const FAR = street('far', [0, 500], [100, 500])
  const good = walk([0, 8], [100, 8])
  const spiked = good.map((one, i) => (i >= 30 && i < 33 ? fix([50, 505], i) : one))
  t.same(told(spiked, [EAST, FAR]), ['east left 1.00'])
  const cold = good.map((one, i) => (i < 3 ? fix([90, 505], i) : one))
  t.same(
    told(cold, [EAST, FAR]),
    ['east left 1.00'].map(() => told(good.slice(3), [EAST])[0]),
  )
  const bad = good.map((one, i) => (i % 5 === 2 ? fix([50, 495], i, 51) : one))
  t.same(told(bad, [EAST, FAR]), ['east left 1.00'])
  const backwards = good.flatMap((one, i) => (i === 40 ? [one, good[10]!, one] : [one]))
  t.same(told(backwards, [EAST]), ['east left 1.00'], 'a fix that comes late')
})

t.test('nothing walked, no street, or a street without length is no side', async (t) => {
  t.same(told([], [EAST]), [])
  t.same(told(walk([0, 8], [100, 8]), []), [])
  t.same(told(walk([0, 8], [100, 8]), [street('dot', [0, 0])]), [])
  t.same(told([fix([0, 1], 0)], [street('twice', [0, 0], [0, 0])]), [])
  t.same(told([fix([Number.NaN, 1], 0), fix([5, 8], 1)], [EAST]), ['east left 0.06'])
})

const SAMPLE = path.resolve(import.meta.dirname, '../../geodata/tongjian/street_segments.geojson')
interface SampleStreet {
  geometry: { coordinates: [number, number][] }
  properties: {
    external_id: string
    sides: { side: 'left' | 'right'; kerb_line: { coordinates: [number, number][] } }[]
  }
}

t.test(
  'along each of the 32 kerbs of the sample that side is walked, the one across is not',
  async (t) => {
    const { features } = JSON.parse(readFileSync(SAMPLE, 'utf8')) as { features: SampleStreet[] }
    const streets = features.map(({ geometry, properties }): WalkableStreet => ({
      segment_id: properties.external_id,
      centreline: geometry.coordinates,
      sides: ['left', 'right'],
    }))
    let kerbs = 0
    for (const { properties } of features)
      for (const { side, kerb_line } of properties.sides) {
        const ends = [kerb_line.coordinates[0]!, kerb_line.coordinates.at(-1)!]
        const [from, to] = ends.map(([lon, lat]) => toMetres(frame, lon, lat))
        const walked = walkedSides(walk(from!, to!, 1.25, 3), streets).filter(
          (one) => one.share >= WALKED_SHARE,
        )
        t.match(walked, [{ segment_id: properties.external_id, side, is_sure: true }])
        t.equal(walked.length, 1)
        kerbs++
      }
    t.equal(kerbs, 32)
  },
)

const place = fc.tuple(fc.integer({ min: -100, max: 300 }), fc.integer({ min: -100, max: 300 }))
const anyTrack = fc
  .array(fc.tuple(place, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 })), {
    minLength: 1,
    maxLength: 30,
  })
  .map((steps) => {
    let seconds = 0
    return steps.map(([at, waited, accuracy_m]) => fix(at, (seconds += waited), accuracy_m))
  })

t.test(
  'for any track: shares from 0 to 1; a street drawn the other way changes left and right',
  async (t) => {
    fc.assert(
      fc.property(
        anyTrack,
        fc.uniqueArray(place, { minLength: 2, maxLength: 5, selector: String }),
        (track, points) => {
          const there = walkedSides(track, [street('one', ...points)])
          const back = walkedSides(track, [street('one', ...points.toReversed())])
          for (const { side, share, is_sure } of there) {
            if (!(share > 0 && share <= 1)) throw new Error(`a share of ${share}`)
            const other = back.find((one) => one.side !== side)
            // Pieces are counted from the other end, so a step may fall into the next one.
            if (Math.abs((other?.share ?? 0) - share) > 0.35 * share + 0.2)
              throw new Error(`${side}: ${share} there, ${other?.share} back`)
            if (is_sure && !other) throw new Error('nothing on the other side')
          }
        },
      ),
      { numRuns: 300 },
    )
    t.pass('300 tracks')
  },
)

t.test('a day of 30,000 fixes against 2,000 sides takes less than 100 ms', async (t) => {
  const streets = Array.from({ length: 1000 }, (_, i) => {
    const [x, y] = [(i % 25) * 100, Math.floor(i / 50) * 100]
    return i % 50 < 25
      ? street(`e${i}`, [x, y], [x + 100, y])
      : street(`n${i}`, [x, y], [x, y + 100])
  })
  const track: TrackFix[] = []
  for (let y = 0; track.length < 30_000; y += 100)
    track.push(...walk([0, (y % 2000) + 7], [2500, (y % 2000) + 7], 1.25, 5, track.length + 60))
  track.length = 30_000
  const times = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage()
    const sides = walkedSides(track, streets).filter((one) => one.share >= WALKED_SHARE)
    t.ok(sides.length > 300, `${sides.length} sides`)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  t.comment(`${times.map((ms) => Math.round(ms)).join(', ')} ms`)
  t.ok(Math.min(...times) < 100)
})
