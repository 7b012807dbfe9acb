import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hash } from '@node-rs/argon2'
import sharp from 'sharp'
import { v7 as uuidv7 } from 'uuid'
import { connect, type Engine } from '../../api/db/connect.ts'
import { asCommunities } from '../../api/db/tenant.ts'
import { createDefaultKinds, kindId } from '../../api/features/case-kinds/default-kinds.ts'
import { atMost, type Figure, figure, percentile } from '../bench/figures.ts'
import { freePort } from '../bench/postgres.ts'
import { type Drill, Program } from './drill.ts'
import { type Entry, KINDS, Sending } from './sending.ts'

/** The embedded engine is for one community: a tenth of its inspectors come back at once. */
const PHONES = { server: 100, embedded: 20 }
const PHOTOS = 2
const CASES = 8
const PASSES = 4
const COUNTS = 3
const NOTES = 2
/** When so many answers have come, the service is killed. */
const KILL_AT = 0.4
const PASSWORD = 'inspector in a drill'

/**
 * A hundred inspectors (twenty on the embedded engine) come out of a dead spot at once, each with twenty records in its
 * queue. In the middle the service is killed (kill -9) and started again; then every phone sends everything twice more.
 * Nothing may be lost or doubled, numbers stay without gaps, and the second replay changes nothing. Photos are told
 * apart from records: they take the processor's time in a lane of their own.
 */
export async function replay({ databaseUrl, note }: Drill): Promise<Figure[]> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'jiexu-drill-'))
  const program = new Program(await freePort(), {
    DATA_DIR: dataDir,
    JIEXU_SAMPLE: 'on',
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  })
  try {
    await program.start()
    if (!databaseUrl) await program.stop('SIGTERM')
    const phones = PHONES[databaseUrl ? 'server' : 'embedded']
    const place = await withEngine(databaseUrl, dataDir, (engine) => prepare(engine, phones))
    if (!databaseUrl) await program.start()
    note(`${phones} inspectors sign in`)
    const cookies: string[] = []
    for (let i = 0; i < phones; i++) cookies.push(await signIn(program.url, `drill-${i}`))
    const photo = await anyPhoto()
    const queues = cookies.map(() => queueOf(place, photo))
    note('all of them send at once')
    const total = queues.reduce((sum, queue) => sum + queue.length, 0)

    const first = new Sending(program.url)
    let restart: Promise<void> | undefined
    first.onAnswer = (count) => {
      if (restart || count < total * KILL_AT) return
      note(`kill -9 after ${count} answers`)
      restart = program.stop('SIGKILL').then(() => program.start())
    }
    await first.all(queues, cookies)
    await restart
    const once = new Sending(program.url)
    await once.all(queues, cookies)
    const afterOnce = await program
      .stop('SIGTERM')
      .then(() => withEngine(databaseUrl, dataDir, (engine) => stateOf(engine, queues)))
    await program.start()
    const twice = new Sending(program.url)
    await twice.all(queues, cookies)
    await program.stop('SIGTERM')
    const state = await withEngine(databaseUrl, dataDir, (engine) => stateOf(engine, queues))
    const files = filesIn(path.join(dataDir, 'media'))
    const refused = [first, once, twice].flatMap((sending) => sending.refused)
    for (const one of refused.slice(0, 5)) note(`refused: ${one}`)
    return [
      figure('records sent', total, 'records'),
      figure('stored', state.stored, 'records'),
      figure('lost', total - state.stored, 'records', atMost(0)),
      figure('doubled', state.rows - state.stored, 'records', atMost(0)),
      figure('refused', refused.length, 'answers', atMost(0)),
      figure('numbers missing', state.gaps, 'numbers', atMost(0)),
      figure(
        'changed by the second replay',
        state.digest === afterOnce.digest ? 0 : 1,
        'times',
        atMost(0),
      ),
      figure('photo files without a record', files - 2 * state.photos, 'files'),
      figure('attempts that found no server', first.unanswered, 'requests'),
      figure('records, first sending, p50', percentile(first.records, 0.5), 'ms'),
      figure('records, first sending, p95', percentile(first.records, 0.95), 'ms', atMost(1000)),
      figure('records, replay, p50', percentile(twice.records, 0.5), 'ms'),
      figure('records, replay, p95', percentile(twice.records, 0.95), 'ms', atMost(1000)),
      ...KINDS.map((kind) =>
        figure(`${kind}, first sending, p95`, percentile(first.millis[kind], 0.95), 'ms'),
      ),
      figure('photo, replay, p95', percentile(twice.millis.photo, 0.95), 'ms'),
      figure('first sending, all', first.seconds, 's'),
      figure('replay, all', twice.seconds, 's'),
    ]
  } finally {
    await program.stop('SIGKILL')
    rmSync(dataDir, { recursive: true, force: true })
  }
}

interface Place {
  community: string
  segment: string
}

/** Kinds of cases and inspectors who may walk everywhere. */
async function prepare({ db }: Engine, phones: number): Promise<Place> {
  const { id: community } = await db
    .selectFrom('community')
    .select('id')
    .where('slug', '=', 'tongjian')
    .executeTakeFirstOrThrow()
  await asCommunities(db, [community], (trx) => createDefaultKinds(trx, community))
  const password_hash = await hash(PASSWORD)
  for (let i = 0; i < phones; i++) {
    const id = uuidv7()
    await db
      .insertInto('account')
      .values({ id, login: `drill-${i}`, password_hash, display_name: `Inspector ${i}` })
      .execute()
    await db
      .insertInto('membership')
      .values({ community_id: community, account_id: id, role: 'inspector' } as never)
      .execute()
  }
  const { id: segment } = await db
    .selectFrom('street_segment')
    .select('id')
    .where('community_id', '=', community)
    .where('valid_to', 'is', null)
    .executeTakeFirstOrThrow()
  return { community, segment }
}

/** Twenty records of one phone, in the order in which they were made: what others name comes first. */
function queueOf({ community, segment }: Place, photo: Uint8Array<ArrayBuffer>): Entry[] {
  const ids = (count: number) => Array.from({ length: count }, () => uuidv7())
  const photos = ids(PHOTOS)
  const cases = ids(CASES)
  const [patrol] = ids(1)
  const now = new Date().toISOString()
  const post = (kind: Entry['kind'], id: string, way: string, body: unknown): Entry => ({
    kind,
    id,
    method: 'POST',
    path: `/api/${way}?community=tongjian`,
    type: 'application/json',
    body: JSON.stringify(body),
  })
  return [
    post('patrol', patrol!, 'patrols', { id: patrol, started_at: now }),
    ...photos.map((id): Entry => ({
      kind: 'photo',
      id,
      method: 'PUT',
      path: `/api/media/${id}?community=tongjian&role=evidence`,
      type: 'image/jpeg',
      body: photo,
    })),
    ...cases.map((id, i) =>
      post('case', id, 'cases', {
        id,
        kind_id: kindId(community, 'street.outside_trading'),
        lon: 91.1437 + Math.random() * 1e-4,
        lat: 29.6537 + Math.random() * 1e-4,
        found_at: now,
        ...(photos[i] && { media: [photos[i]] }),
      }),
    ),
    ...ids(PASSES).map((id) =>
      post('pass', id, 'passes', [
        { id, patrol_id: patrol, segment_id: segment, side: 'left', at: now, result: 'clear' },
      ]),
    ),
    ...ids(COUNTS).map((id) =>
      post('observation', id, 'observations', [
        {
          kind: 'count',
          id,
          observed_at: now,
          method: 'visual',
          place: { collection: 'street_segments', id: segment, side: 'left' },
          counted: 3,
        },
      ]),
    ),
    ...ids(NOTES).map((id, i) =>
      post('step', id, `cases/${cases[i]}/steps`, { id, action: 'note', note: 'seen again' }),
    ),
  ]
}

const TABLES: Readonly<Record<Entry['kind'], string>> = {
  photo: 'media',
  patrol: 'patrol',
  case: 'case_file',
  pass: 'pass',
  observation: 'observation',
  step: 'case_step',
}

/** How much of what was sent is there, how often, and a digest of how it stands. */
async function stateOf({ pool }: Engine, queues: readonly Entry[][]) {
  const all = queues.flat()
  const digest = createHash('sha256')
  let stored = 0
  let rows = 0
  let photos = 0
  for (const [kind, table] of Object.entries(TABLES)) {
    const ids = all.filter((entry) => entry.kind === kind).map((entry) => entry.id)
    const found = await pool.query<{ id: string; row: string }>(
      `select id, row_to_json(t)::text as row from ${table} as t where id = any($1::uuid[]) order by id`,
      [ids],
    )
    stored += new Set(found.rows.map(({ id }) => id)).size
    rows += found.rows.length
    if (kind === 'photo') photos = found.rows.length
    for (const { row } of found.rows) digest.update(row)
  }
  const numbers = await pool.query<{ missing: number }>(
    `select coalesce(sum(last - there), 0)::int as missing from (select community_id, year, max(serial) as last,
      count(*) as there from case_file group by community_id, year) as n`,
  )
  return { stored, rows, photos, gaps: numbers.rows[0]!.missing, digest: digest.digest('hex') }
}

async function withEngine<T>(
  databaseUrl: string | undefined,
  dataDir: string,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await connect({ databaseUrl, dataDir })
  try {
    return await work(engine)
  } finally {
    await engine.close()
  }
}

async function signIn(url: string, login: string): Promise<string> {
  const reply = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password: PASSWORD }),
  })
  if (!reply.ok) throw new Error(`sign-in: ${await reply.text()}`)
  return reply.headers.getSetCookie()[0]!.split(';')[0]!
}

/** As a phone sends it after shrinking: 1,600 × 1,200 with the grain of a camera. */
async function anyPhoto(): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await sharp({
    create: {
      width: 1600,
      height: 1200,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .jpeg({ quality: 75 })
    .toBuffer()
  return new Uint8Array(bytes)
}

const filesIn = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile()).length
    : 0
