import t from 'tap'
import { isKeptRead, isKeptTile, tileKey } from '../../web/src/lib/offline/kept-reads.ts'
import {
  inOrder,
  nextInstant,
  nextToSend,
  type QueueItem,
  verdictOn,
  withoutItem,
  type Work,
} from '../../web/src/lib/offline/queue.ts'
import { shrunkSize } from '../../web/src/lib/offline/shrunk-size.ts'
import { tilesOf, tileUrl } from '../../web/src/lib/offline/tile-box.ts'

const AT = '2026-09-16T09:00:00+08:00'
const PATROL: Work = { kind: 'patrol', body: { id: 'patrol', started_at: AT } }
const PHOTO: Work = { kind: 'media', role: 'evidence' }
const CASE: Work = {
  kind: 'case',
  body: { id: 'case', kind_id: 'kind', lon: 91.14, lat: 29.65, found_at: AT, media: ['photo'] },
}
const NOTE: Work = {
  kind: 'step',
  case_id: 'case',
  number: '',
  version: null,
  body: { id: 'note', action: 'note', note: 'still there' },
}
const PASS: Work = {
  kind: 'pass',
  body: {
    id: 'pass',
    patrol_id: 'patrol',
    segment_id: 's',
    side: 'left',
    at: AT,
    result: 'clear',
  },
}
const END: Work = { kind: 'patrol_end', patrol_id: 'patrol', ended_at: AT }

let order = 0
function item(id: string, work: Work, more: Partial<QueueItem> = {}): QueueItem {
  return {
    id,
    account_id: 'a',
    account_name: 'A',
    community: 'tongjian',
    order: ++order,
    made_at: 0,
    work,
    needs: [],
    label: {},
    state: 'waiting',
    attempts: 0,
    next_at: 0,
    refusal: null,
    ...more,
  }
}

/** Sends everything that can be sent; answers the ids in the order in which they went. */
function drained(items: QueueItem[], now = 0): string[] {
  const sent: string[] = []
  for (let next = nextToSend(items, now); next; next = nextToSend(items, now)) {
    sent.push(next.id)
    items = items.filter((one) => one !== next)
  }
  return sent
}

t.test('a day goes out as patrol, photos, cases, what refers to them, end of patrol', async (t) => {
  const day = [
    item('end', END, { needs: ['patrol'] }),
    item('note', NOTE, { needs: ['case'] }),
    item('pass', PASS, { needs: ['patrol'] }),
    item('case', CASE, { needs: ['photo'] }),
    item('photo', PHOTO),
    item('patrol', PATROL),
  ]
  t.same(drained(day), ['patrol', 'photo', 'case', 'note', 'pass', 'end'])
  t.same(
    day.sort(inOrder).map(({ id }) => id),
    ['patrol', 'photo', 'case', 'note', 'pass', 'end'],
  )
})

t.test('a case waits for its photo, and everything else goes past it', async (t) => {
  const items = [
    item('photo', PHOTO, { next_at: 5000 }),
    item('case', CASE, { needs: ['photo'] }),
    item('pass', PASS),
  ]
  t.same(drained(items), ['pass'])
  t.same(drained(items, 5000), ['photo', 'case', 'pass'])
  t.equal(nextInstant(items), 0)
  t.equal(nextInstant(items.slice(0, 2)), 5000)
})

t.test('what waits for a refused record is not tried again and again', async (t) => {
  const items = [
    item('case', CASE, { state: 'needs_you' }),
    item('note', NOTE, { needs: ['case'] }),
  ]
  t.equal(nextToSend(items, 1e12), null)
  t.equal(nextInstant(items), null)
})

t.test(
  'no network: everything waits, 2 s, 4 s, 8 s, at most 5 min, spread by chance',
  async (t) => {
    const offline = { status: 0, code: 'offline', retryAfter: null }
    // chance 1 is the whole wait, chance 0 half of it.
    t.same(verdictOn(offline, 0, 1000, 1), { do: 'later', at: 3000, stops: true })
    t.same(verdictOn(offline, 1, 0, 1), { do: 'later', at: 4000, stops: true })
    t.same(verdictOn(offline, 2, 0, 0), { do: 'later', at: 4000, stops: true })
    t.same(verdictOn(offline, 50, 0, 1), { do: 'later', at: 300_000, stops: true })
  },
)

t.test('Retry-After is kept to the second, never shortened', async (t) => {
  const busy = { status: 429, code: 'request/too-many', retryAfter: 30 }
  t.same(verdictOn(busy, 0, 0, 0), { do: 'later', at: 30_000, stops: true })
  t.same(verdictOn(busy, 9, 0, 1), { do: 'later', at: 31_000, stops: true })
})

t.test('a server that stumbles over one record gets the others meanwhile', async (t) => {
  const verdict = verdictOn({ status: 500, code: 'unknown', retryAfter: null }, 0, 0, 1)
  t.same(verdict, { do: 'later', at: 2000, stops: false })
})

t.test('a refusal is for the person, an ended session for the sign-in', async (t) => {
  for (const [status, code] of [
    [422, 'cases/evidence-missing'],
    [409, 'cases/id-taken'],
    [412, 'request/precondition-failed'],
    [403, 'rights/missing'],
    [404, 'cases/not-found'],
    [413, 'request/too-large'],
  ] as const)
    t.same(verdictOn({ status, code, retryAfter: null }, 0, 0, 0), { do: 'ask' }, code)
  const taken = { status: 409, code: 'request/in-progress', retryAfter: null }
  t.equal(verdictOn(taken, 0, 0, 0).do, 'later')
  const ended = { status: 401, code: 'session/required', retryAfter: null }
  t.same(verdictOn(ended, 0, 0, 0), { do: 'sign_in' })
})

t.test('a photo given up leaves its case; a case given up takes its steps along', async (t) => {
  const items = [
    item('photo', PHOTO),
    item('case', CASE, { needs: ['photo'] }),
    item('note', NOTE, { needs: ['case'] }),
    item('pass', PASS),
  ]
  const without = withoutItem(items, 'photo')
  t.same(
    without.removed.map(({ id }) => id),
    ['photo'],
  )
  const kept = without.kept.find(({ id }) => id === 'case')!
  t.same(kept.needs, [])
  t.same(kept.work.kind === 'case' && kept.work.body.media, [])
  t.same(
    withoutItem(items, 'case').removed.map(({ id }) => id),
    ['case', 'note'],
  )
})

t.test('a patrol given up takes its end along and leaves its passes without one', async (t) => {
  const items = [
    item('patrol', PATROL),
    item('pass', PASS, { needs: ['patrol'] }),
    item('end', END, { needs: ['patrol'] }),
  ]
  const { kept, removed } = withoutItem(items, 'patrol')
  t.same(
    removed.map(({ id }) => id),
    ['patrol', 'end'],
  )
  t.equal(kept[0]!.work.kind === 'pass' && kept[0]!.work.body.patrol_id, null)
  t.same(kept[0]!.needs, [])
})

t.test('a photo of 4,032 × 3,024 is kept as 1,600 × 1,200, a small one as it is', async (t) => {
  t.same(shrunkSize(4032, 3024), { width: 1600, height: 1200 })
  t.same(shrunkSize(3024, 4032), { width: 1200, height: 1600 })
  t.same(shrunkSize(640, 480), { width: 640, height: 480 })
  t.same(shrunkSize(16_000, 2), { width: 1600, height: 1 })
})

t.test(
  'the tiles of a box: one at zoom 13, and none of a zoom that would be too many',
  async (t) => {
    // 91.1437 E is column ⌊(271.1437 / 360) · 8192⌋ = 6170; 29.6537 N is row ⌊(1 − ln(tan φ + sec φ) / π) / 2 · 8192⌋ = ⌊3388.9⌋.
    const point = [91.1437, 29.6537, 91.1437, 29.6537] as const
    t.same(tilesOf(point, [13]), [{ z: 13, x: 6170, y: 3388 }])
    const world = [-180, -85, 180, 85] as const
    t.equal(tilesOf(world, [0, 1, 2]).length, 1 + 4 + 16)
    t.equal(tilesOf(world, [0, 1, 2], 5).length, 5)
    t.equal(
      tileUrl('http://h/api/tiles/all/{z}/{x}/{y}.mvt?v=1', { z: 3, x: 2, y: 1 }),
      'http://h/api/tiles/all/3/2/1.mvt?v=1',
    )
  },
)

t.test('a tile is found again under any version, of its own community only', async (t) => {
  const at = 'http://h/api/tiles/all/17/98721/54226.mvt'
  t.equal(tileKey(`${at}?community=a&v=1.2`), tileKey(`${at}?community=a&v=1.3`))
  t.not(tileKey(`${at}?community=a&v=1`), tileKey(`${at}?community=b&v=1`))
  t.ok(isKeptTile('/api/tiles/all/17/98721/54226.mvt'))
  t.notOk(isKeptTile('/api/tiles/all/18/98721/54226.mvt'))
  t.notOk(isKeptTile('/api/tiles/bays/17/98721/54226.mvt'))
})

t.test('only what the page begins with is remembered, nothing of a person’s work', async (t) => {
  for (const path of ['/api/session', '/api/config', '/api/communities/tongjian/summary'])
    t.ok(isKeptRead(path), path)
  for (const path of ['/api/cases', '/api/field_package', '/api/audit', '/api/events'])
    t.notOk(isKeptRead(path), path)
})
