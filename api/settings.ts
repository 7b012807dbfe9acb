import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What the environment decides. All of it is optional with the embedded engine. */
export interface Settings {
  host: string
  port: number
  databaseUrl: string | undefined
  dataDir: string
  sessionSecret: string
  /** Key of the plate hashes. */
  plateKey: string
  /** Names of the secrets that were not given but are kept in the data folder: wrong with several instances. */
  keptSecrets: readonly string[]
  /** The synthetic sample and its demo accounts. */
  isSample: boolean
  basemapStyle: string | null
  tiandituToken: string | null
  logLevel: string
  /** Where photos lie; null: in the data folder. */
  s3: S3Settings | null
  /** False turns the request limits off: for programs that measure. */
  isRateLimited: boolean
}

/** An S3-compatible storage. */
export interface S3Settings {
  endpoint: string | undefined
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
}

/**
 * Reads the environment. Secrets that are not given are made once and kept in the data folder.
 * @throws when PORT is no port, a secret is too short, or S3 is named by halves.
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const databaseUrl = env['DATABASE_URL'] || undefined
  const dataDir = path.resolve(env['DATA_DIR'] || '.data')
  const port = Number(env['PORT'] || 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(
      `PORT must be a whole number from 0 to 65535, not ${JSON.stringify(env['PORT'])}`,
    )
  const keptSecrets: string[] = []
  const secret = (name: string): string => {
    const given = env[name]
    if (given) {
      if (given.length < 32) throw new Error(`${name} must have at least 32 characters`)
      return given
    }
    keptSecrets.push(name)
    return keptSecret(dataDir, name)
  }
  return {
    host: env['HOST'] || '127.0.0.1',
    port,
    databaseUrl,
    dataDir,
    sessionSecret: secret('SESSION_SECRET'),
    plateKey: secret('PLATE_KEY'),
    keptSecrets,
    isSample: env['JIEXU_SAMPLE'] ? isYes(env['JIEXU_SAMPLE']) : !databaseUrl,
    basemapStyle: env['BASEMAP_STYLE'] || null,
    tiandituToken: env['TIANDITU_TOKEN'] || null,
    logLevel: env['LOG_LEVEL'] || 'info',
    s3: readS3(env),
    isRateLimited: env['RATE_LIMIT'] !== 'off',
  }
}

function readS3(env: NodeJS.ProcessEnv): S3Settings | null {
  const bucket = env['S3_BUCKET']
  if (!bucket) return null
  const needed = (name: string): string => {
    const value = env[name]
    if (!value) throw new Error(`${name} is needed beside S3_BUCKET`)
    return value
  }
  return {
    bucket,
    endpoint: env['S3_ENDPOINT'] || undefined,
    region: env['S3_REGION'] || 'us-east-1',
    accessKeyId: needed('S3_ACCESS_KEY_ID'),
    secretAccessKey: needed('S3_SECRET_ACCESS_KEY'),
  }
}

const isYes = (text: string) => !['0', 'no', 'off', 'false'].includes(text.toLowerCase())

function keptSecret(dataDir: string, name: string): string {
  const file = path.join(dataDir, `${name.toLowerCase()}.txt`)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const made = randomBytes(32).toString('hex')
  writeFileSync(file, `${made}\n`, { mode: 0o600 })
  return made
}
