import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { seedSample } from '../../api/cli/seed.ts'
import { connect, type Engine } from '../../api/db/connect.ts'
import { migrate } from '../../api/db/migrate.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { createDemoAccounts } from '../../api/features/accounts/demo.ts'
import { createDefaultKinds } from '../../api/features/case-kinds/default-kinds.ts'
import type { Bench } from './bench.ts'
import { atMost, compared, type Figure, figure, percentile, timed } from './figures.ts'
import { startService } from './service.ts'

const CASES = 50_000
const ROUNDS = 100
const DATABASE = 'bench_cases'

/** A board of 50,000 cases: pages by filters, counts and one case over HTTP, beside the bare indexed SQL through pg. */
export async function cases(bench: Bench): Promise<Figure[]> {
  const cluster = await bench.cluster()
  const dataDir = mkdtempSync(path.join(tmpdir(), 'jiexu-bench-cases-'))
  const url = cluster && (await ownDatabase(cluster.url))
  const engine = await connect({ databaseUrl: url ?? undefined, dataDir })
  try {
    bench.note(`making ${CASES} cases`)
    const community = await fill(engine)
    const close = async () => {}
    const service = await startService({ engine, url: url ?? undefined, dataDir, close })
    const bare = url ? new pg.Pool({ connectionString: url, max: 1 }) : engine.pool
    try {
      return await measure(`http://127.0.0.1:${service.port}`, bare, community)
    } finally {
      if (url) await bare.end()
      await service.close()
    }
  } finally {
    await engine.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Sample {
  community: string
  grid: string
  unit: string
  kind: string
}

async function measure(url: string, bare: pg.Pool, sample: Sample): Promise<Figure[]> {
  const cookie = await leaderCookie(url)
  const ask = async (way: string) => {
    const reply = await fetch(`${url}/api/cases${way}`, { headers: { cookie } })
    const body = await reply.text()
    if (!reply.ok) throw new Error(`${way}: ${reply.status} ${body}`)
    return body
  }
  const list = (where: string, ...values: string[]) => ({
    text: `select * from case_file where community_id = $1 and ${where} order by found_at desc, id desc limit 51`,
    values: [sample.community, ...values],
  })
  const dueFirst = {
    text: `select * from case_file where community_id = $1 order by due_at, id limit 51`,
    values: [sample.community],
  }
  const pages = {
    'the newest': ['', list('true')],
    'at one step': [`&step=handling&status=open`, list(`step = 'handling' and status = 'open'`)],
    'of one grid': [`&grid_id=${sample.grid}`, list('grid_id = $2', sample.grid)],
    'of one unit': [`&unit_id=${sample.unit}`, list('lead_unit_id = $2', sample.unit)],
    'of one kind': [`&kind_id=${sample.kind}`, list('kind_id = $2', sample.kind)],
    overdue: [`&overdue=true`, list(`status = 'open' and due_at < now()`)],
    'due first': ['&sort=due', dueFirst],
    'that say what one in 5 says': ['&q=占道', list(`description ilike '%占道%'`)],
    'that say what 5 say': ['&q=招牌1234', list(`description ilike '%招牌1234%'`)],
    'that say what none says': ['&q=水管', list(`description ilike '%水管%'`)],
  } as const
  const figures: Figure[] = []
  for (const [name, [query, statement]] of Object.entries(pages)) {
    const ours = await p95(() => ask(`?community=tongjian&limit=50${query}`))
    const theirs = await p95(() => bare.query({ name, ...statement }))
    figures.push(
      compared(`page of 50, ${name}, p95`, ours, 'ms', 'less', theirs),
      figure(`page of 50, ${name}: goal`, ours, 'ms', atMost(50)),
    )
  }
  const first = JSON.parse(await ask('?community=tongjian&limit=50')) as { cases: { id: string }[] }
  const counts = await p95(() => ask('/counts?community=tongjian'))
  const barely = await p95(() =>
    bare.query({
      name: 'counts',
      text: `select step, status, lead_unit_id, grid_id, count(*), count(*) filter (where status = 'open' and due_at < now())
        from case_file where community_id = $1 group by step, status, lead_unit_id, grid_id`,
      values: [sample.community],
    }),
  )
  let at = 0
  const one = await p95(() => ask(`/${first.cases[at++ % 50]!.id}?community=tongjian`))
  const bareOne = await p95(() =>
    bare.query({
      name: 'one',
      text: 'select * from case_file where community_id = $1 and id = $2',
      values: [sample.community, first.cases[at++ % 50]!.id],
    }),
  )
  return [
    ...figures,
    compared('counts of all, p95', counts, 'ms', 'less', barely),
    compared('one case with its history, p95', one, 'ms', 'less', bareOne),
  ]
}

/** Some cases more than half of which are over, spread over two years, grids, units, kinds and steps. */
async function fill(engine: Engine): Promise<Sample> {
  const { db } = engine
  await migrate(db)
  const { community_id: community } = await seedSample(engine)
  await createDemoAccounts(engine, community)
  await asCommunities(db, [community], (trx) => createDefaultKinds(trx, community))
  await sql`
    with lists as (
      select (select array_agg(id) from grid where community_id = ${community} and valid_to is null) as grids,
        (select array_agg(id) from partner_unit where community_id = ${community}) as units,
        (select array_agg(id) from case_kind where community_id = ${community} and parent_id is not null) as kinds),
    made as (
      select i, md5(i::text)::uuid as id, i % 5 as state, now() - i * interval '20 minutes' as found_at
      from generate_series(1, ${CASES}::int) as i)
    insert into case_file (community_id, id, year, serial, kind_id, source, step, status, geom, grid_id, lead_unit_id,
      found_at, received_at, due_at, due_what, closed_at, content_hash, description)
    select ${community}, id, 1999, i, kinds[1 + i % cardinality(kinds)], 'patrol',
      case state when 0 then 'collection' when 1 then 'handling' else 'verification' end,
      case when state < 2 then 'open' else 'closed' end,
      ST_SetSRID(ST_MakePoint(91.14 + (i % 100) * 1e-5, 29.65 + (i % 97) * 1e-5), 4326),
      grids[1 + i % cardinality(grids)], case when state > 0 then units[1 + i % cardinality(units)] end,
      found_at, found_at, case when state < 2 then found_at + interval '100 days' end,
      case when state < 2 then 'file' end, case when state >= 2 then found_at + interval '1 day' end, i::text,
      (array['占道经营，桌椅摆到人行道上', '乱停电动自行车，堵住无障碍坡道', '垃圾未清，门前地面油污', '消防通道被面包车占用',
        '店外堆放纸箱和泡沫箱'])[1 + i % 5] || '，招牌' || (1000 + i % 10000)
    from made, lists`.execute(db)
  await sql`
    insert into case_step (community_id, id, case_id, action, to_step, to_status, actor_role, at, content_hash)
    select community_id, id, id, 'report', 'collection', 'open', 'inspector', found_at, content_hash
    from case_file where year = 1999`.execute(db)
  await engine.pool.query('vacuum analyze')
  const row = await db
    .selectFrom('case_file')
    .select(['grid_id', 'lead_unit_id', 'kind_id'])
    .where('year', '=', 1999)
    .where('serial', '=', 7)
    .executeTakeFirstOrThrow()
  return { community, grid: row.grid_id!, unit: row.lead_unit_id!, kind: row.kind_id }
}

/** The time that 95 of 100 calls do not exceed; the first ones do not count. */
async function p95(call: () => Promise<unknown>): Promise<number> {
  const millis: number[] = []
  for (let i = -10; i < ROUNDS; i++) {
    const took = await timed(call)
    if (i >= 0) millis.push(took)
  }
  return percentile(millis, 0.95)
}

async function ownDatabase(url: string): Promise<string> {
  const admin = new pg.Client({ connectionString: url })
  await admin.connect()
  await admin.query(`create database ${DATABASE}`)
  await admin.end()
  return Object.assign(new URL(url), { pathname: `/${DATABASE}` }).href
}

async function leaderCookie(url: string): Promise<string> {
  const reply = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'leader', password: 'leader-demo' }),
  })
  if (!reply.ok) throw new Error(await reply.text())
  return reply.headers.getSetCookie()[0]!.split(';')[0]!
}
