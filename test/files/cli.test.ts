import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { verify } from '@node-rs/argon2'
import { connect } from '../../api/db/connect.ts'
import { testDatabaseSettings } from '../fixtures/database.ts'
import { collection, feature, square, writeFiles } from './load.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

interface Ended {
  code: number | null
  out: string
  err: string
}

let environment: Record<string, string>
let settings: Awaited<ReturnType<typeof testDatabaseSettings>>
t.before(async () => {
  settings = await testDatabaseSettings('empty')
  t.teardown(() => settings.drop())
  environment = {
    PATH: process.env['PATH']!,
    DATA_DIR: settings.dataDir,
    JIEXU_SAMPLE: 'off',
    ...(settings.databaseUrl && { DATABASE_URL: settings.databaseUrl }),
  }
})

/** Runs the command as a person would, without a terminal. */
async function jiexu(
  words: readonly string[],
  more: { input?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  const program = path.join(ROOT, 'api/cli/jiexu.js')
  // As the tests themselves run, see .taprc.
  const child = spawn(process.execPath, ['--liftoff-only', program, ...words], {
    cwd: ROOT,
    env: { ...environment, ...more.env },
  })
  child.stdin.end(more.input ?? '')
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (child.exitCode === null) await once(child, 'exit')
  return { code: child.exitCode, out, err }
}

const properties = (capacity: number) => ({ vehicle_classes: ['bicycle'], capacity })

t.test(
  'jiexu import: a report of each file, kept as JSON, and again without a change',
  async (t) => {
    const at = writeFiles(t, {
      'bays.geojson': collection([
        feature(square(13.4, 52.5), properties(7), 'A'),
        feature(square(13.5, 52.5), properties(8), 'B'),
      ]),
      'report.json': '',
    })
    const report = at('report.json')
    const words = ['import', at('bays.geojson'), '--as', 'bays', '--community', 'town']
    const wanted = [...words, '--time-zone', 'Europe/Berlin', '--name', '小镇', '--report', report]
    const first = await jiexu(wanted)
    t.equal(first.code, 0, first.err)
    t.equal(
      first.out.replace(/[\d.]+ s\n$/, '… s\n'),
      [
        'bays.geojson: geojson, utf-8, CRS84, as bays into town',
        '  read 2, kept 2 (2 new, 0 changed, 0 unchanged), refused 0',
        '  stored, … s\n',
      ].join('\n'),
    )
    t.match(first.err, 'jiexu: checking bays.geojson\n', 'plain lines where there is no terminal')
    t.match(JSON.parse(readFileSync(report, 'utf8')), [{ report: { kept: 2, inserted: 2 } }])

    const second = await jiexu(wanted)
    t.equal(second.code, 0)
    t.match(second.out, /\(0 new, 0 changed, 2 unchanged\)[^]*nothing has changed/)
  },
)

t.test('refused features and files end with 1 and say why', async (t) => {
  const at = writeFiles(t, {
    'bays.geojson': collection([
      feature(square(13.4, 52.5), properties(7)),
      feature(square(13.5, 52.5), properties(-1), 'minus'),
    ]),
    'china.csv': 'lon,lat,vehicle_classes\n91.14,29.65,bicycle\n',
  })
  const words = ['--as', 'bays', '--community', 'faulty', '--time-zone', 'Asia/Shanghai']
  const refused = await jiexu(['import', at('bays.geojson'), at('china.csv'), ...words])
  t.equal(refused.code, 1)
  t.match(refused.out, 'china.csv lies in China (91.14, 29.65) and does not say its coordinate')
  t.match(refused.out, 'refused: feature 1 (minus): properties/capacity: must be >= 0')
  t.match(refused.out, 'nothing was stored: mend the refused ones, or keep the good ones with')
  const turned = await jiexu(['import', at('bays.geojson'), ...words, '--map', 'capacity'])
  t.equal(turned.code, 1)
  t.match(turned.err, 'write it as member=property')
})

t.test(
  'jiexu account add: a password from standard input, checked by the door of the API',
  async (t) => {
    const words = ['account', 'add', 'Chief', '--role', 'planner', 'leader', '--community', 'town']
    const short = await jiexu(words, { input: 'short\n' })
    t.equal(short.code, 1)
    t.equal(short.err, 'jiexu: password must not have fewer than 12 characters\n')
    const password = 'a pass phrase of some length'
    const made = await jiexu(words, { input: `${password}\n` })
    t.equal(made.code, 0, made.err)
    t.equal(made.out, 'chief is planner, leader in town now\n')
    const twice = await jiexu(words, { input: `${password}\n` })
    t.equal(twice.err, 'jiexu: there is an account chief already\n')

    const engine = await connect({ databaseUrl: settings.databaseUrl, dataDir: settings.dataDir })
    try {
      const account = await engine.db
        .selectFrom('account')
        .select(['password_hash', 'is_demo'])
        .where('login', '=', 'chief')
        .executeTakeFirstOrThrow()
      t.ok(await verify(account.password_hash, password))
      t.equal(account.is_demo, false)
    } finally {
      await engine.close()
    }
  },
)

t.test('errors are one line that says what to do', async (t) => {
  const away = await jiexu(['migrate'], {
    env: { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/jiexu' },
  })
  t.equal(away.code, 1)
  t.equal(
    away.err,
    'jiexu: the database postgres://me:…@127.0.0.1:1/jiexu cannot be used: nothing answers there\n',
  )
  t.match(await jiexu(['migrate']), { code: 0, out: 'nothing to do\n' })
  const help = await jiexu(['import', '--help'])
  t.match(help.out, /--dry-run[^]*melbourne-restrictions[^]*--crs GCJ-02/)
})

t.test(
  'a folder that another process holds is named',
  process.env['TEST_DATABASE_URL'] ? { skip: 'a server is shared by all its clients' } : {},
  async (t) => {
    const held = await testDatabaseSettings('empty')
    const engine = await connect({ dataDir: held.dataDir })
    try {
      const refused = await jiexu(['migrate'], { env: { DATA_DIR: held.dataDir } })
      t.equal(refused.code, 1)
      t.equal(
        refused.err,
        `jiexu: The data folder ${held.dataDir} is in use by another Jiexu process. Stop that one, or start this one with another DATA_DIR.\n`,
      )
    } finally {
      await engine.close()
      await held.drop()
    }
  },
)
