import { Ajv, type ValidateFunction } from 'ajv'
import formatsPlugin from 'ajv-formats'
import type { Geometry, MultiLineString } from 'geojson'
import { v5 as uuidv5 } from 'uuid'
import { checkGeometry } from '../domain/geometry/validity.ts'
import {
  COLLECTIONS,
  type CollectionId,
  writableProperties,
} from '../features/inventory/contract.ts'
import { mapPositions } from './coordinates.ts'
import type { FeatureProfile, Joins, Mapped, Patch } from './profile.ts'
import type { SourceRecord } from './source-file.ts'
import { contentKey, tagsOf } from './values.ts'

/** A record that was not taken, by its place in the file (from 0), with the member at fault. */
export interface Refused {
  index: number
  line?: number
  id: string | null
  path: string
  message: string
  lon?: number
  lat?: number
}

/** A checked row, ready for the table; `tags` is what the source says in its own words. */
export interface Candidate {
  index: number
  id: string
  collection: CollectionId
  external_id: string | null
  members: Readonly<Record<string, unknown>>
  geometry: Geometry
  tags: Record<string, unknown>
}

/** What a file's records come to. */
export interface Prepared {
  candidates: Candidate[]
  refused: Refused[]
  repeated: number
  /** Further lines of a street that came before. */
  parts: number
  unused: Map<string, number>
  /** What the geometry door changed, with the number of features. */
  notices: Map<string, number>
}

/** An id that is the same on every run: of the community, the source and the record's key in it. */
export const stableId = (communityId: string, ...parts: readonly string[]): string =>
  uuidv5(parts.join('\n'), communityId)

/** Maps and checks each record by the doors that the API has too: the geometry door and the collection's contract. */
export function prepareFeatures(
  profile: FeatureProfile,
  records: readonly SourceRecord[],
  options: {
    communityId: string
    joins: Joins
    /** One position of the file to WGS 84. */
    move: (x: number, y: number) => readonly number[]
    /** Indexes of records whose coordinates cannot be in the file's coordinate system. */
    misfits: ReadonlySet<number>
    crsName: string
    onProgress: (done: number) => void
  },
): Prepared {
  const prepared: Prepared = {
    candidates: [],
    refused: [],
    repeated: 0,
    parts: 0,
    unused: new Map(),
    notices: new Map(),
  }
  const seen = new Map<string, { candidate: Candidate; content: string; words: string }>()
  for (const record of records) {
    if (record.index % 500 === 0) options.onProgress(record.index)
    const refuse = (fault: Omit<Refused, 'index' | 'line' | 'id'>) =>
      prepared.refused.push(refusedOf(record, fault))
    if (record.fault !== undefined) {
      refuse({ path: '', message: record.fault })
      continue
    }
    if (options.misfits.has(record.index)) {
      refuse({ path: 'geometry/coordinates', message: misfitText(options.crsName) })
      continue
    }
    const moved = mapPositions(record.geometry, options.move)
    const mapped = profile.map(record, options.joins, moved)
    if ('unused' in mapped) {
      count(prepared.unused, mapped.unused)
      continue
    }
    if ('message' in mapped) {
      refuse(mapped)
      continue
    }
    const fault = contractFault(mapped.collection, mapped.members, profile.source, mapped)
    if (fault) {
      refuse(fault)
      continue
    }
    const content = contentKey([record.geometry, record.properties])
    const id = stableId(
      options.communityId,
      mapped.collection,
      profile.identity ?? profile.name,
      mapped.key ?? content,
    )
    const earlier = seen.get(id)
    if (earlier?.content === content) {
      prepared.repeated++
      continue
    }
    const words = profile.hasParts ? contentKey(record.properties) : content
    if (earlier && earlier.words !== words) {
      const { index } = earlier.candidate
      refuse({ path: '', message: `has the key of feature ${index} with other content` })
      continue
    }
    const geometry = checkedGeometry(moved, mapped, prepared.notices)
    if ('message' in geometry) {
      refuse(geometry)
      continue
    }
    if (earlier) {
      earlier.candidate.geometry = joinedLines(earlier.candidate.geometry, geometry)
      prepared.parts++
      continue
    }
    const candidate: Candidate = {
      index: record.index,
      id,
      collection: mapped.collection,
      external_id: mapped.external_id,
      members: mapped.members,
      geometry,
      tags: tagsOf(record.properties),
    }
    seen.set(id, { candidate, content, words })
    prepared.candidates.push(candidate)
  }
  return prepared
}

/** The refused record as reports show it. */
export function refusedOf(
  record: Pick<SourceRecord, 'index' | 'line' | 'id'>,
  fault: Omit<Refused, 'index' | 'line' | 'id'>,
): Refused {
  return {
    index: record.index,
    ...(record.line !== undefined && { line: record.line }),
    id: record.id,
    ...fault,
  }
}

/** Why the members of a patch do not fit the contract; null where they do. */
export const patchFault = (patch: Patch) => contractFault(patch.collection, patch.members)

function checkedGeometry(
  geometry: unknown,
  mapped: Mapped,
  notices: Map<string, number>,
): Geometry | Omit<Refused, 'index' | 'line' | 'id'> {
  if (geometry === null) return { path: 'geometry', message: 'has no geometry' }
  const checked = checkGeometry(geometry, {
    types: COLLECTIONS[mapped.collection].geometry,
  })
  if (checked.ok) {
    for (const notice of checked.notices) count(notices, notice)
    return checked.geometry
  }
  const { path, message, lon, lat } = checked
  return {
    path: ['geometry', path].filter(Boolean).join('/'),
    message,
    ...(lon !== undefined && lat !== undefined && { lon, lat }),
  }
}

function joinedLines(a: Geometry, b: Geometry): Geometry {
  const linesOf = (geometry: Geometry) =>
    geometry.type === 'LineString'
      ? [geometry.coordinates]
      : (geometry as MultiLineString).coordinates
  return { type: 'MultiLineString', coordinates: [...linesOf(a), ...linesOf(b)] }
}

const misfitText = (crsName: string) => `lies where no coordinates of ${crsName} are`

const addFormats = formatsPlugin as unknown as (ajv: Ajv) => Ajv
const ajv = addFormats(new Ajv({ strict: false }))
const validators = new Map<string, ValidateFunction>()

function contractFault(
  collection: CollectionId,
  members: Readonly<Record<string, unknown>>,
  source?: string,
  kept?: { external_id: string | null },
): { path: string; message: string } | null {
  const isPartial = source === undefined
  const key = `${collection} ${isPartial}`
  let validate = validators.get(key)
  if (!validate) {
    validate = ajv.compile(writableProperties(collection, isPartial))
    validators.set(key, validate)
  }
  const row = isPartial ? members : { ...members, source, external_id: kept?.external_id ?? null }
  if (validate(row)) return null
  const error = validate.errors!.find(({ keyword }) => keyword !== 'anyOf') ?? validate.errors![0]!
  const path = ['properties', ...error.instancePath.split('/').slice(1)].join('/')
  return { path, message: error.message ?? 'does not fit the contract' }
}

const count = (counts: Map<string, number>, name: string) =>
  counts.set(name, (counts.get(name) ?? 0) + 1)
