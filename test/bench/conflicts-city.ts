import { toMetres } from '../../api/domain/geometry/metric-frame.ts'
import { findConflicts } from '../../api/domain/rules/check.ts'
import type { Rule, RulePack } from '../../api/domain/rules/rule-pack.ts'
import { buildScene, type SceneFeature } from '../../api/domain/rules/scene.ts'
import { weekIntervals } from '../../api/domain/schedule/windows.ts'
import type { Bench } from './bench.ts'
import { type City, idOf, type Line } from './city.ts'
import { PACK, polygonOf, REACH_M, ROUNDS } from './conflict-pack.ts'
import { atLeast, compared, type Figure, figure, median, timed } from './figures.ts'
import { connectPeer, copyInto } from './peer-tables.ts'

/**
 * All conflicts of the zones with 100,000 bays and with one another: shared ground as a shape, missing metres as a
 * line, hours as windows, on both sides. Half of the bays have hours of their own.
 */
export async function zonesAgainstBays(
  bench: Bench,
  zones: readonly SceneFeature[],
): Promise<Figure[]> {
  const city = bench.city()
  const hours = (i: number) => (i % 2 ? city.zones[i % city.zones.length]!.windows : null)
  const bays = city.bays.map((ring, i) => ({
    collection: 'bays',
    id: idOf(1, i),
    geometry: polygonOf(ring),
    properties: { status: 'painted', vehicle_classes: ['car'], windows: hours(i) },
  }))
  const scene = buildScene(city.frame, null, [...zones, ...bays])
  const toBays: Rule[] = PACK.rules.map((one) => ({
    ...one,
    id: `bay ${one.id}`,
    other: { collection: 'bays' },
  }))
  const pack: RulePack = { ...PACK, rules: [...PACK.rules, ...toBays] }
  const judging: number[] = []
  const asking: number[] = []
  let findings = 0
  const judge = async () =>
    judging.push(
      await timed(() => {
        findings = findConflicts(scene, pack, { collection: 'vendor_zones' }).findings.length
      }),
    )
  const peer = await openConflictPeer(bench, city, hours)
  let rows = 0
  for (let round = 0; round < ROUNDS; round++) {
    await judge()
    if (peer && round < 5) asking.push(await timed(async () => void (rows = await peer.query())))
  }
  await peer?.end()
  bench.note(`zones and 100,000 bays: ${findings} findings; PostGIS: ${rows} rows`)
  return [
    compared(
      'zones × 100,000 bays and zones: place, hours, rule: PostGIS',
      median(judging),
      'ms',
      'less',
      peer && median(asking),
      atLeast(10),
    ),
    ...(peer
      ? [
          figure(
            'findings that PostGIS has not, or the other way',
            Math.abs(findings - rows),
            'findings',
          ),
        ]
      : []),
  ]
}

async function openConflictPeer(
  bench: Bench,
  city: City,
  hours: (i: number) => City['zones'][number]['windows'] | null,
) {
  const cluster = await bench.cluster()
  if (!cluster) return null
  const client = await connectPeer(cluster)
  const text = (points: readonly (readonly number[])[]) => points.map((p) => p.join(' ')).join(',')
  const rowOf = (i: number, ring: Line, windows: City['zones'][number]['windows'] | null) => {
    const metres = ring.map((p) => toMetres(city.frame, p[0], p[1]))
    const open = weekIntervals(windows).map(([from, to]) => `[${from},${to})`)
    return `${i}\tPOLYGON((${text(metres)}))\t{${open.join(',')}}\n`
  }
  for (const [table, count, row] of [
    [
      'zone',
      city.zones.length,
      (i: number) => rowOf(i, city.zones[i]!.ring, city.zones[i]!.windows),
    ],
    ['bay', city.bays.length, (i: number) => rowOf(i, city.bays[i]!, hours(i))],
  ] as const) {
    await client.query(
      `create unlogged table peer.${table} (n int primary key, geom geometry(Polygon), open int4multirange)`,
    )
    await copyInto(client, `peer.${table}`, count, row)
    await client.query(`create index on peer.${table} using gist (geom); analyze peer.${table}`)
  }
  // One row a finding: the area that is shared, and the line along which metres are missing.
  const findings = (other: string, condition: string) => `
    select a.n, b.n, 'overlap' as rule, ST_Area(shared.geom) as measured, ST_AsGeoJSON(shared.geom) as place, (a.open * b.open)::text as hours
    from peer.zone a join peer.${other} b on ST_Intersects(a.geom, b.geom) ${condition},
      lateral (select ST_Intersection(a.geom, b.geom) as geom) as shared
    where ST_Area(shared.geom) > 0.05 and not isempty(a.open * b.open)
    union all
    select a.n, b.n, 'clearance', ST_Distance(a.geom, b.geom), ST_AsGeoJSON(ST_ShortestLine(a.geom, b.geom)), (a.open * b.open)::text
    from peer.zone a join peer.${other} b on ST_DWithin(a.geom, b.geom, ${REACH_M - 0.01}) ${condition}
    where not isempty(a.open * b.open)`
  const query = `${findings('zone', 'and a.n < b.n')} union all ${findings('bay', '')}`
  return {
    query: async () => (await client.query({ name: 'conflicts', text: query })).rows.length,
    end: async () => {
      await client.query('drop schema peer cascade')
      await client.end()
    },
  }
}
