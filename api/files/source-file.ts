import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import path from 'node:path'
import { FileRefusal } from './refusal.ts'

type FileFormat = 'geojson' | 'geojson-seq' | 'csv'
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030'

/** One feature or row as the file has it; `index` counts from 0, `line` is the row's first line in a CSV. */
export interface SourceRecord {
  index: number
  line?: number
  /** The feature's own id, as text. */
  id: string | null
  /** GeoJSON geometry in the file's coordinate system, unchecked; null where the file has none. */
  geometry: unknown
  properties: Readonly<Record<string, unknown>>
  /** Set where this one record could not be read at all. */
  fault?: string
}

/** What a reader makes of a file. */
export interface ReadFile {
  records: SourceRecord[]
  /** The coordinate system the file itself names, as it names it. */
  declaredCrs: string | null
}

export interface FileNature {
  name: string
  format: FileFormat
  encoding: TextEncoding
  sha256: string
  bytes: number
}

/**
 * Looks at a file: its encoding (UTF-8, UTF-16 by its mark, else GB 18030, of which GBK and GB 2312 are parts), its
 * format by content and name, and its SHA-256.
 * @throws FileRefusal when it is missing, empty, binary or of no known format.
 */
export async function examine(file: string): Promise<FileNature> {
  const { size: bytes } = await stat(file).catch(() => {
    throw new FileRefusal(`there is no file ${file}`)
  })
  if (bytes === 0) throw new FileRefusal(`${path.basename(file)} is empty`)
  const head = await readHead(file)
  if (head[0] === 0x50 && head[1] === 0x4b)
    throw new FileRefusal(
      `${path.basename(file)} is a ZIP archive: unpack it and give the file inside`,
    )
  const { encoding, sha256 } = await scan(file, head)
  const start = new TextDecoder(encoding).decode(head).trimStart()
  return { name: path.basename(file), format: formatOf(file, start), encoding, sha256, bytes }
}

/** Told how many bytes of a file were read. */
export type OnBytes = (bytes: number) => void

/** The file's text in pieces, without a byte order mark. */
export async function* textOf(
  file: string,
  encoding: TextEncoding,
  onBytes: OnBytes = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding)
  let bytes = 0
  for await (const chunk of createReadStream(file)) {
    onBytes((bytes += (chunk as Buffer).length))
    const text = decoder.decode(chunk as Buffer, { stream: true })
    if (text !== '') yield text
  }
  const rest = decoder.decode()
  if (rest !== '') yield rest
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file)
  try {
    const head = Buffer.alloc(65_536)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function scan(
  file: string,
  head: Buffer,
): Promise<{ encoding: TextEncoding; sha256: string }> {
  const hash = createHash('sha256')
  const strict = new TextDecoder('utf-8', { fatal: true })
  let isUtf8 = true
  for await (const chunk of createReadStream(file)) {
    hash.update(chunk as Buffer)
    if (isUtf8) isUtf8 = decodes(() => strict.decode(chunk as Buffer, { stream: true }))
  }
  if (isUtf8) isUtf8 = decodes(() => strict.decode())
  const marked: TextEncoding | null =
    head[0] === 0xff && head[1] === 0xfe
      ? 'utf-16le'
      : head[0] === 0xfe && head[1] === 0xff
        ? 'utf-16be'
        : null
  return { encoding: marked ?? (isUtf8 ? 'utf-8' : 'gb18030'), sha256: hash.digest('hex') }
}

function decodes(decode: () => string): boolean {
  try {
    decode()
    return true
  } catch {
    return false
  }
}

function formatOf(file: string, start: string): FileFormat {
  const ending = path.extname(file).toLowerCase()
  if (start.startsWith('\x1e')) return 'geojson-seq'
  if (['.geojsonl', '.geojsons', '.ndjson', '.jsonl'].includes(ending)) return 'geojson-seq'
  if (start.startsWith('{')) return isJsonLines(start) ? 'geojson-seq' : 'geojson'
  if (['.csv', '.txt', '.tsv'].includes(ending)) return 'csv'
  throw new FileRefusal(
    `${path.basename(file)} is neither GeoJSON, nor GeoJSON in lines, nor CSV: files of these three kinds can be read`,
  )
}

/** A whole JSON object on the first line with another one after it. */
function isJsonLines(start: string): boolean {
  const end = start.indexOf('\n')
  if (end < 0 || !start.slice(end).trimStart().startsWith('{')) return false
  try {
    JSON.parse(start.slice(0, end))
    return true
  } catch {
    return false
  }
}
