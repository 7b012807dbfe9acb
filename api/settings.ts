import { createECDH, randomBytes } from 'node:crypto'
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
  /** Notices by e-mail; null: none are sent. */
  mail: MailSettings | null
  /** Notices by web push; null: none are sent. */
  push: PushSettings | null
  /** Where people reach the service, for links in e-mails. */
  publicUrl: string | null
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

/** An SMTP server (`smtp://user:password@host:port`) and the sender's address. */
export interface MailSettings {
  url: string
  from: string
}

/** Who answers for the pushes (`mailto:` or `https:`), and the VAPID keys, base64url. */
export interface PushSettings {
  subject: string
  publicKey: string
  privateKey: string
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
    mail: readMail(env),
    push: readPush(env, dataDir, keptSecrets),
    publicUrl: env['PUBLIC_URL']?.replace(/\/+$/, '') || null,
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

function readMail(env: NodeJS.ProcessEnv): MailSettings | null {
  const url = env['SMTP_URL']
  if (!url) return null
  if (!/^smtps?:\/\//.test(url)) throw new Error('SMTP_URL must begin with smtp:// or smtps://')
  const from = env['MAIL_FROM']
  if (!from) throw new Error('MAIL_FROM is needed beside SMTP_URL')
  return { url, from }
}

function readPush(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  keptSecrets: string[],
): PushSettings | null {
  const subject = env['PUSH_SUBJECT']
  if (!subject) return null
  if (!/^(mailto:|https:\/\/)/.test(subject))
    throw new Error('PUSH_SUBJECT must begin with mailto: or https://')
  const publicKey = env['VAPID_PUBLIC_KEY']
  const privateKey = env['VAPID_PRIVATE_KEY']
  if (publicKey && privateKey) return { subject, publicKey, privateKey }
  if (publicKey || privateKey) throw new Error('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY go together')
  keptSecrets.push('VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY')
  const [keptPublic, keptPrivate] = kept(dataDir, 'vapid_keys.txt', makeVapidKeys).split(' ')
  return { subject, publicKey: keptPublic!, privateKey: keptPrivate! }
}

function makeVapidKeys(): string {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  // A private key may begin with zeros, which the curve leaves out.
  const secret = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32)
  return `${pair.getPublicKey('base64url')} ${secret.toString('base64url')}`
}

const isYes = (text: string) => !['0', 'no', 'off', 'false'].includes(text.toLowerCase())

const keptSecret = (dataDir: string, name: string): string =>
  kept(dataDir, `${name.toLowerCase()}.txt`, () => randomBytes(32).toString('hex'))

/** Made once and kept in the data folder, for the service's own account only. */
function kept(dataDir: string, name: string, make: () => string): string {
  const file = path.join(dataDir, name)
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const made = make()
  writeFileSync(file, `${made}\n`, { mode: 0o600 })
  return made
}
