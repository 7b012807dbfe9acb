import type { Geometry } from 'geojson'
import type { CollectionId } from '../features/inventory/contract.ts'
import type { SourceRecord } from './source-file.ts'

/** One feature of the inventory as a profile makes it of a record, unchecked. */
export interface Mapped {
  collection: CollectionId
  /** The record's own key within its source; null: its content is its key. */
  key: string | null
  external_id: string | null
  /** Members of the collection's contract. What is not named here is left as it is in a row already stored. */
  members: Readonly<Record<string, unknown>>
}

/** What a record becomes: a feature, nothing (with the kind it is counted under), or a refusal. */
export type Mapping = Mapped | { unused: string } | { path: string; message: string }

/** Records of the community that a file points at; each look-up is counted for the report. */
export interface Joins {
  /** The live record with this `external_id`. */
  find(collection: CollectionId, externalId: string | null): string | null
  /** The street of this name nearest to the middle of a geometry (WGS 84), and the side it lies on. */
  nearestStreet(
    name: string | null,
    geometry: Geometry,
  ): { segment_id: string; side: 'left' | 'right' } | null
}

interface ProfileBase {
  name: string
  /** One line for the help. */
  description: string
  /** Publisher and licence, kept with every row as `source`. */
  source: string
  /** Part of every row's id, so that two sources may use the same keys; the name where it is not given. */
  identity?: string
  /** The line the licence wants shown; null where it wants none. */
  attribution: string | null
  /** Whether the first records of a file are this publisher's; without it a profile is only used by name. */
  recognises?: (sample: readonly SourceRecord[]) => boolean
  /** What the publisher's coordinates are in where the file does not say so. */
  crs?: string
  /** IANA time zone of the place, where the publisher has only one. */
  time_zone?: string
  /** Each file is a source of its own: extracts that overlap, of which the first one to bring an object keeps it. */
  isSourcePerFile?: boolean
  /** Collections whose records the file points at, with the name of the pointing property. */
  joins?: Readonly<Partial<Record<CollectionId, string>>>
}

/** A file of features: each record becomes at most one row. */
export interface FeatureProfile extends ProfileBase {
  kind: 'features'
  /** Lines of one key that say the same are parts of one street. */
  hasParts?: boolean
  /** `geometry` is the record's own in WGS 84, unchecked. */
  map(record: SourceRecord, joins: Joins, geometry: unknown): Mapping
}

/** A change of rows that are there already, gathered from any number of records. */
export interface Patch {
  collection: CollectionId
  id: string
  members: Readonly<Record<string, unknown>>
  /** The first record it came of. */
  index: number
  /** How many records it came of. */
  records: number
}

/** A file that says more about rows already stored. */
export interface PatchProfile extends ProfileBase {
  kind: 'patches'
  gather(
    records: readonly SourceRecord[],
    joins: Joins,
    refuse: (index: number, path: string, message: string) => void,
  ): Patch[]
}

/** A file of readings: each record becomes one observation as `POST /api/observations` takes it. */
export interface ReadingProfile extends ProfileBase {
  kind: 'readings'
  read(record: SourceRecord, joins: Joins): Record<string, unknown> | { unused: string }
}

/** How one publisher's files become rows. */
export type Profile = FeatureProfile | PatchProfile | ReadingProfile

/** Recognises files by properties (columns) that their first records have between them. */
export function withProperties(...names: readonly string[]) {
  return (sample: readonly SourceRecord[]): boolean =>
    names.every((name) => sample.some(({ properties }) => name in properties))
}
