import Assembler from 'stream-json/Assembler.js'
import Parser from 'stream-json/Parser.js'
import { FileRefusal } from './refusal.ts'
import {
  type FileNature,
  type OnBytes,
  type ReadFile,
  type SourceRecord,
  textOf,
} from './source-file.ts'

interface Token {
  name: string
  value?: string | number | boolean | null
}

type Json = Record<string, unknown>

/**
 * Reads a GeoJSON FeatureCollection, Feature or bare geometry feature by feature, so that the whole text is never held
 * at once. A legacy `crs` member is returned as it stands.
 * @throws FileRefusal when the text is not JSON to its end, or is JSON of another kind.
 */
export async function readGeoJson(
  file: string,
  nature: FileNature,
  onBytes?: OnBytes,
): Promise<ReadFile> {
  const records: SourceRecord[] = []
  const { sort, finish } = sorter((feature) => records.push(recordOf(feature, records.length)))
  const json = Parser.parser({ packValues: true, streamValues: false })
  json.on('data', sort)
  const ended = new Promise<void>((resolve, reject) => {
    json.once('end', resolve)
    json.once('error', reject)
  })
  ended.catch(() => {})
  try {
    for await (const text of textOf(file, nature.encoding, onBytes))
      if (!json.write(text)) await Promise.race([drained(json), ended])
    json.end()
    await ended
  } catch (error) {
    throw new FileRefusal(
      `${nature.name} is not whole JSON (after ${records.length} features): ${(error as Error).message}`,
    )
  }
  const head = finish()
  if (!head) throw new FileRefusal(`${nature.name} holds no JSON object`)
  if (head['type'] === 'Feature') records.push(recordOf(head, 0))
  else if (head['type'] !== 'FeatureCollection') {
    if (!('coordinates' in head))
      throw new FileRefusal(
        `${nature.name} is JSON but not GeoJSON: its type is ${JSON.stringify(head['type'] ?? null)}, expected "FeatureCollection"`,
      )
    records.push({ index: 0, id: null, geometry: head, properties: {} })
  }
  return { records, declaredCrs: crsOf(head) }
}

/** Reads GeoJSON in lines (RFC 8142 with or without its record separators): a bad line is one refused record. */
export async function readGeoJsonLines(
  file: string,
  nature: FileNature,
  onBytes?: OnBytes,
): Promise<ReadFile> {
  const records: SourceRecord[] = []
  const take = (line: string) => {
    const text = line.replaceAll('\x1e', '').trim()
    if (text === '') return
    const index = records.length
    try {
      records.push(recordOf(JSON.parse(text), index))
    } catch (error) {
      const fault = `is not JSON: ${(error as Error).message}`
      records.push({ index, id: null, geometry: null, properties: {}, fault })
    }
  }
  let rest = ''
  for await (const text of textOf(file, nature.encoding, onBytes)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    lines.forEach(take)
  }
  take(rest)
  return { records, declaredCrs: null }
}

/** Sends the members of `features` to `onFeature` one by one and assembles what stands beside them. */
function sorter(onFeature: (feature: unknown) => void) {
  const head = new Assembler()
  let feature: Assembler | null = null
  let depth = 0
  let isFeatures = false
  let key = ''
  const sort = (token: Token) => {
    if (isFeatures && depth === 2 && token.name !== 'endArray') {
      if (token.name !== 'startObject' && token.name !== 'startArray')
        return onFeature(token.value ?? null)
      feature = new Assembler()
    }
    const opens = token.name === 'startObject' || token.name === 'startArray'
    const closes = token.name === 'endObject' || token.name === 'endArray'
    if (closes) depth--
    if (feature) {
      consume(feature, token)
      if (closes && depth === 2) {
        onFeature(feature.current)
        feature = null
      }
    } else consume(head, token)
    if (token.name === 'keyValue' && depth === 1) key = String(token.value)
    if (opens) {
      depth++
      if (depth === 2 && token.name === 'startArray' && key === 'features') isFeatures = true
    }
    if (closes && depth === 1) isFeatures = false
  }
  return { sort, finish: () => head.current as Json | null }
}

const consume = (assembler: Assembler, token: Token) => {
  assembler.consume(token as { name: string; value?: string })
}

const drained = (stream: NodeJS.EventEmitter) =>
  new Promise<void>((resolve) => stream.once('drain', resolve))

function recordOf(value: unknown, index: number): SourceRecord {
  const feature = value as Json | null
  if (typeof feature !== 'object' || feature === null || feature['type'] !== 'Feature') {
    const fault = 'is no GeoJSON Feature'
    return { index, id: null, geometry: null, properties: {}, fault }
  }
  const id = feature['id']
  const properties = feature['properties']
  return {
    index,
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : null,
    geometry: feature['geometry'] ?? null,
    properties: typeof properties === 'object' && properties !== null ? (properties as Json) : {},
  }
}

function crsOf(head: Json): string | null {
  const crs = head['crs'] as { properties?: { name?: unknown } } | string | null | undefined
  if (typeof crs === 'string') return crs
  const name = crs?.properties?.name
  return typeof name === 'string' ? name : null
}
