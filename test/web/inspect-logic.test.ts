import t from 'tap'
import { metricFrame, toDegrees } from '../../api/domain/geometry/metric-frame.ts'
import type { CaseKind } from '../../api/features/case-kinds/contract.ts'
import type { FieldPackage } from '../../api/features/patrols/contract.ts'
import { countOf } from '../../web/src/inspect/count.ts'
import { groupKinds, withUse } from '../../web/src/inspect/kind-groups.ts'
import { asNote, onVersion } from '../../web/src/inspect/mending.ts'
import {
  alreadyReported,
  type FieldPlace,
  type FieldSide,
  guessPlace,
  nearestPlaces,
  nearestSides,
  type OpenCase,
} from '../../web/src/inspect/nearby.ts'
import { directionOf } from '../../web/src/parts/side-names.ts'
import { trackLength } from '../../api/domain/geometry/track-length.ts'
import { isWorthKeeping } from '../../web/src/inspect/track.ts'
import { streetsOf, walkedKeys } from '../../web/src/inspect/walking.ts'
import { caseOf, emptyForm, formOf, missingIn } from '../../web/src/lib/offline/log-form.ts'

// A street of 100 m to the east with kerbs 4 m to either side of it, a bay on the southern kerb, a shop behind the
// northern one. Metres east and north of the origin.
const frame = metricFrame(91.14, 29.65)
const at = (east: number, north: number) => toDegrees(frame, east, north)
const line = (...points: [number, number][]) => points.map(([east, north]) => at(east, north))
const area = (west: number, south: number, east: number, north: number) => ({
  type: 'Polygon' as const,
  coordinates: [line([west, south], [east, south], [east, north], [west, north], [west, south])],
})

const side = (name: 'left' | 'right', north: number): FieldSide => ({
  segment_id: 'street',
  side: name,
  name_zh: '北二路',
  name_en: null,
  grid_id: null,
  line: line([0, north], [100, north]),
  centreline: line([0, 0], [100, 0]),
  passes_today: 0,
  is_due_today: true,
})
const place = (kind: FieldPlace['kind'], geometry: FieldPlace['geometry']): FieldPlace => ({
  kind,
  id: kind,
  external_id: null,
  name_zh: null,
  name_en: null,
  capacity: 10,
  vehicle_classes: null,
  merchant_id: null,
  grid_id: null,
  geometry,
})
const openCase = (id: string, east: number, kindId: string): OpenCase => {
  const [lon, lat] = at(east, 4)
  return {
    id,
    number: id,
    kind_id: kindId,
    step: 'filing',
    status: 'open',
    lon,
    lat,
    grid_id: null,
    due_at: null,
    place_name: null,
    version: 1,
  }
}
const FIELD: FieldPackage = {
  community_id: 'c',
  made_at: '2026-09-16T00:00:00Z',
  grids: [],
  sides: [side('left', 4), side('right', -4)],
  places: [
    place('frontage', area(20, 6, 30, 10)),
    place('bay', area(22, -6, 28, -4)),
    place('lot', area(15, -30, 60, -3)),
  ],
  open_cases: [
    openCase('near', 12, 'stall'),
    openCase('far', 60, 'stall'),
    openCase('other', 1, 'x'),
  ],
}

t.test('on the northern kerb it is the northern side and the shop behind it', async (t) => {
  const [lon, lat] = at(25, 5)
  const guess = guessPlace(FIELD, lon, lat)
  t.equal(guess.side?.side, 'left')
  // The shop's front is 1 m away, the bay 9 m.
  t.equal(guess.place?.kind, 'frontage')
})

t.test('inside a bay that lies in a lot it is the bay', async (t) => {
  const [lon, lat] = at(25, -5)
  const guess = guessPlace(FIELD, lon, lat)
  t.equal(guess.side?.side, 'right')
  t.equal(guess.place?.kind, 'bay')
  const [first, second] = nearestPlaces(FIELD.places, lon, lat)
  t.equal(first!.distance_m, 0)
  t.equal(second!.it.kind, 'lot')
})

t.test('distances are metres: 6 m from a kerb, 5 m from its end’s corner of 3 and 4', async (t) => {
  const [lon, lat] = at(50, 10)
  t.ok(Math.abs(nearestSides(FIELD.sides, lon, lat)[0]!.distance_m - 6) < 0.01)
  const [lon2, lat2] = at(103, 8)
  t.ok(Math.abs(nearestSides(FIELD.sides, lon2, lat2)[0]!.distance_m - 5) < 0.01)
})

t.test('40 m from every kerb nothing is guessed', async (t) => {
  const [lon, lat] = at(50, 44.5)
  t.same(guessPlace(FIELD, lon, lat), { side: null, place: null })
})

t.test(
  'the same kind 12 m away is already reported, another kind or 60 m away is not',
  async (t) => {
    const [lon, lat] = at(0, 4)
    const near = alreadyReported(
      FIELD.open_cases,
      { id: 'stall', duplicate_radius_m: 30 },
      lon,
      lat,
    )
    t.same(
      near.map(({ it }) => it.id),
      ['near'],
    )
    t.ok(Math.abs(near[0]!.distance_m - 12) < 0.01)
  },
)

t.test('left of a street to the east is north, left of one to the north is west', async (t) => {
  t.equal(directionOf(FIELD.sides[0]!), 'north')
  t.equal(directionOf(FIELD.sides[1]!), 'south')
  const north = { ...FIELD.sides[0]!, centreline: line([0, 0], [0, 100]) }
  t.equal(directionOf(north), 'west')
  t.equal(directionOf({ ...north, side: 'right' }), 'east')
})

const KIND: CaseKind = {
  id: 'stall',
  version: 1,
  code: 'street.stall',
  parent_id: null,
  class: 'event',
  name_zh: '流动摊贩',
  name_en: 'Street stall',
  flow: 'standard',
  subject: 'none',
  is_hazard: false,
  is_public: true,
  is_open_to_public: true,
  is_active: true,
  duplicate_radius_m: 30,
  duplicate_days: 7,
  default_unit_id: null,
  limits: {},
  outcomes: ['persuaded', 'needs_dispatch'],
  required: { photos: 1 },
  notice_days: null,
}

t.test(
  'kinds stand under recent, their headings, other; headings and retired ones do not',
  async (t) => {
    const hazard = { ...KIND, id: 'ice', is_hazard: true }
    const heading = { ...KIND, id: 'heading' }
    const child = { ...KIND, id: 'child', parent_id: 'heading' }
    const retired = { ...KIND, id: 'retired', is_active: false }
    const groups = groupKinds([KIND, hazard, heading, child, retired], ['ice', 'gone'])
    t.same(
      groups.map(({ heading, kinds }) => [
        typeof heading === 'string' ? heading : heading.id,
        kinds.map(({ id }) => id),
      ]),
      [
        ['recent', ['ice']],
        ['heading', ['child']],
        ['other', ['stall', 'ice']],
      ],
    )
    t.same(withUse(['a', 'b'], 'b'), ['b', 'a'])
  },
)

t.test('a form says what is missing, and becomes a report and a form again', async (t) => {
  const form = { ...emptyForm('id', Date.UTC(2026, 8, 16, 1)), kind_id: 'stall' }
  t.same(missingIn(form, null), ['kind'])
  t.same(missingIn(form, KIND), ['position', 'photos'])
  t.same(missingIn(form, { ...KIND, is_hazard: true, required: {} }), ['position', 'severity'])
  const full = {
    ...form,
    position: { lon: 91.14, lat: 29.65, accuracy_m: 4.26 },
    photos: ['photo'],
    plate: '藏A12345',
    segment_id: 'street',
    side: 'left' as const,
    description: '  ',
  }
  t.same(missingIn(full, KIND), [])
  const report = caseOf(full, KIND)
  t.same(report, {
    id: 'id',
    kind_id: 'stall',
    lon: 91.14,
    lat: 29.65,
    found_at: '2026-09-16T01:00:00.000Z',
    accuracy_m: 4.3,
    segment_id: 'street',
    side: 'left',
    media: ['photo'],
  })
  t.same(caseOf(full, { ...KIND, subject: 'vehicle' }).subject, { plate: '藏A12345' })
  t.same(caseOf(formOf(report), KIND), report)
})

t.test(
  'a track keeps a fix every 2 m or 15 s, and is as long as its good fixes are apart',
  async (t) => {
    const fix = (east: number, seconds: number, accuracy_m = 5) => {
      const [lon, lat] = at(east, 0)
      return { lon, lat, accuracy_m, at: seconds * 1000 }
    }
    t.ok(isWorthKeeping(null, fix(0, 0)))
    t.notOk(isWorthKeeping(fix(0, 0), fix(1, 2)))
    t.ok(isWorthKeeping(fix(0, 0), fix(3, 2)))
    t.notOk(isWorthKeeping(fix(0, 0), fix(3, 0.5)))
    t.ok(isWorthKeeping(fix(0, 0), fix(0, 15)))
    t.ok(Math.abs(trackLength([fix(0, 0), fix(30, 30), fix(900, 40, 80), fix(50, 50)]) - 50) < 0.01)
  },
)

t.test(
  'walking the northern kerb from end to end makes that side walked, half of it does not',
  async (t) => {
    const streets = streetsOf(FIELD.sides)
    t.same(
      streets.map(({ segment_id, sides }) => [segment_id, sides]),
      [['street', ['left', 'right']]],
    )
    // 1.2 m a second along the kerb, 4 m north of the middle line, as exactly as a phone ever knows.
    const walk = (metres: number) =>
      Array.from({ length: Math.ceil(metres / 1.2) + 1 }, (_, second) => {
        const [lon, lat] = at(Math.min(metres, second * 1.2), 4)
        return { lon, lat, accuracy_m: 2, at: second * 1000 }
      })
    t.same(walkedKeys(walk(100), streets), ['street/left'])
    t.same(walkedKeys(walk(50), streets), [])
  },
)

t.test('a count is a whole number of vehicles at a bay or lot', async (t) => {
  const now = Date.UTC(2026, 8, 16, 1)
  t.same(countOf('id', { kind: 'lot', id: 'l' }, 7.4, 'car', now), {
    kind: 'count',
    id: 'id',
    observed_at: '2026-09-16T01:00:00.000Z',
    method: 'visual',
    place: { collection: 'lots', id: 'l' },
    counted: 7,
    vehicle_class: 'car',
  })
  const none = countOf('id', { kind: 'bay', id: 'b' }, -1, null, now)
  t.equal(none.kind === 'count' && none.counted, 0)
})

t.test('a step refused for a newer case goes on the new version, or as a note', async (t) => {
  const step = {
    kind: 'step' as const,
    case_id: 'c',
    number: '2026-000001',
    version: 3,
    body: { id: 's', action: 'persuade' as const, note: 'moved on', media: ['p'] },
  }
  t.equal(onVersion(step, 5).version, 5)
  t.same(asNote(step), {
    ...step,
    version: null,
    body: { id: 's', action: 'note', note: 'moved on', media: ['p'] },
  })
})
