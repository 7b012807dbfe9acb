import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import t from 'tap'
import type { OccupancyAt } from '../../api/features/occupancy/contract.ts'
import { signIn, testApp } from '../fixtures/app.ts'

const { app } = await testApp(t)

async function sidesAt(at: string): Promise<Map<string | null, OccupancyAt['places'][number]>> {
  const reply = await app.inject({
    url: '/api/occupancy',
    query: { community: 'tongjian', of: 'street_sides', at },
  })
  t.equal(reply.statusCode, 200, reply.body.slice(0, 200))
  return new Map(reply.json<OccupancyAt>().places.map((place) => [place.external_id, place]))
}

t.test(
  'a street side is as full as the bays on it; the other side of the street is not',
  async (t) => {
    const csv = readFileSync(
      new URL('../../geodata/tongjian/survey_counts.csv', import.meta.url),
      'utf8',
    )
    const line = csv
      .split('\n')
      .find((row) => row.includes(',KERB-1,') && row.includes('2026-09-16T13:00:00+08:00'))!
    const counted = Number(line.split(',')[5])
    const sides = await sidesAt('2026-09-16T13:00:00+08:00')
    t.equal(sides.size, 32, '16 segments have two sides each')
    // KERB-1 with 20 places is the only bay of SEG-N1, on its right.
    t.match(sides.get('SEG-N1:right'), {
      name_zh: '北侧路(示例)',
      capacity: 20,
      counted,
      occupancy_percent: (counted / 20) * 100,
      state: 'fresh',
      places_total: 1,
    })
    t.match(sides.get('SEG-N1:left'), { capacity: null, counted: null, places_total: 0 })
  },
)

t.test('what was counted along one side belongs to that side alone', async (t) => {
  const observed_at = new Date(Date.now() - 60_000).toISOString()
  const reply = await app.inject({
    method: 'POST',
    url: '/api/observations?community=tongjian',
    headers: {
      cookie: await signIn(app, 'inspector', 'inspector-demo'),
      'sec-fetch-site': 'same-origin',
    },
    payload: [
      {
        id: randomUUID(),
        kind: 'count',
        observed_at,
        method: 'visual',
        place: { collection: 'street_segments', external_id: 'SEG-C1', side: 'left' },
        counted: 9,
      },
    ],
  })
  t.equal(reply.statusCode, 200, reply.body)
  const sides = await sidesAt('now')
  const left = sides.get('SEG-C1:left')!
  const before = (await sidesAt(new Date(Date.parse(observed_at) - 1000).toISOString())).get(
    'SEG-C1:left',
  )!
  t.equal(left.counted, 9, 'readings of September do not count as of today')
  t.not(before.counted, 9)
  t.not(sides.get('SEG-C1:right')!.counted, 9)
})
