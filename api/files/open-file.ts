import type { Box, Crs } from './crs.ts'
import { boxAround, boxOf, fitsDegrees } from './coordinates.ts'
import { crsOf } from './crs.ts'
import { profileNamed, profileOf } from './known-profiles.ts'
import type { Profile } from './profile.ts'
import { readCsv } from './read-csv.ts'
import { readGeoJson, readGeoJsonLines } from './read-geojson.ts'
import { FileRefusal } from './refusal.ts'
import { examine, type FileNature, type OnBytes, type ReadFile } from './source-file.ts'

/** A file read into memory, with what it was found to be. */
export interface OpenedFile extends ReadFile {
  nature: FileNature
  profile: Profile
}

/** What the caller says of a file. */
export interface FileChoices {
  /** A profile or a collection by name; null: the file is known by its content. */
  as: string | null
  /** Publisher and licence, for a file of no known publisher; null: its name. */
  source: string | null
  /** `member → property`; `lon` and `lat` name the columns of a CSV's coordinates. */
  map: Readonly<Record<string, string>>
}

/** How many records are looked at to know a publisher's file: all of OSM's tags are rare. */
const SAMPLE = 200
/** Mainland China, where files without a name of their system may be shifted by hundreds of metres. */
const MAYBE_SHIFTED: Box = [73, 17, 136, 54]

/**
 * Reads a file and finds its profile.
 * @throws FileRefusal when it cannot be read, or no profile knows it and none is named.
 */
export async function openFile(
  file: string,
  choices: FileChoices,
  onBytes?: (bytes: number, of: number) => void,
): Promise<OpenedFile> {
  const nature = await examine(file)
  const told = onBytes && ((bytes: number) => onBytes(bytes, nature.bytes))
  const read = await readAs(file, nature, choices, told)
  const profile = choices.as
    ? profileNamed(choices.as, choices.source ?? nature.name, membersOf(choices.map))
    : profileOf(read.records.slice(0, SAMPLE))
  if (!profile)
    throw new FileRefusal(
      `${nature.name} is of no publisher known here: say with --as what its features are, for example --as bays`,
    )
  return { ...read, nature, profile: forFile(profile, nature.name) }
}

/**
 * The coordinate system of a file: given by the caller, declared by the file, known of its publisher, or, for GeoJSON,
 * WGS 84 by its standard (RFC 7946). Null where somebody must be asked: a CSV or GeoJSON with numbers that are no
 * degrees, and any that lies in China and names no system, where GCJ-02 and BD-09 are common.
 * @throws FileRefusal for a name that is not known.
 */
export function crsOfFile(opened: OpenedFile, given: string | null): Crs | null {
  const said = given ?? opened.declaredCrs ?? opened.profile.crs
  if (said !== null && said !== undefined) return crsOf(said)
  const box = boxAround(opened.records.map(({ geometry }) => boxOf(geometry)))
  if (!box) return crsOf('CRS84')
  if (!fitsDegrees(box)) return null
  const [west, south, east, north] = MAYBE_SHIFTED
  const [lon, lat] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
  const isInChina = lon > west && lon < east && lat > south && lat < north
  return isInChina ? null : crsOf('CRS84')
}

/** The refusal of a file whose coordinate system nobody could be asked for. */
export function refusalOfUnknownCrs({ nature, records }: OpenedFile): FileRefusal {
  const box = boxAround(records.map(({ geometry }) => boxOf(geometry)))!
  const [x, y] = [box[0], box[1]].map((value) => Math.round(value * 1e4) / 1e4)
  return new FileRefusal(
    fitsDegrees(box)
      ? `${nature.name} lies in China (${x}, ${y}) and does not say its coordinate system: give --crs EPSG:4326, GCJ-02 or BD-09 (they differ by hundreds of metres)`
      : `the coordinates of ${nature.name} (from ${x}, ${y}) are not degrees, and it does not say its coordinate system: give it with --crs, for example --crs EPSG:25833`,
  )
}

/** Files in an order in which each finds what it points at: first what joins nothing, last what speaks of stored rows. */
export function inImportOrder(files: readonly OpenedFile[]): OpenedFile[] {
  const rank = ({ profile }: OpenedFile) =>
    profile.kind === 'patches' ? 2 : profile.kind === 'readings' ? 3 : profile.joins ? 1 : 0
  return files.toSorted((a, b) => rank(a) - rank(b))
}

async function readAs(
  file: string,
  nature: FileNature,
  { map }: FileChoices,
  onBytes?: OnBytes,
): Promise<ReadFile> {
  const { lon, lat } = map
  if ((lon === undefined) !== (lat === undefined))
    throw new FileRefusal('--map lon=… and --map lat=… come together')
  if (nature.format === 'csv')
    return readCsv(file, nature, lon !== undefined ? { lon, lat: lat! } : undefined, onBytes)
  if (nature.format === 'geojson-seq') return readGeoJsonLines(file, nature, onBytes)
  return readGeoJson(file, nature, onBytes)
}

const membersOf = ({ lon: _lon, lat: _lat, ...members }: FileChoices['map']) => members

function forFile(profile: Profile, name: string): Profile {
  if (!profile.isSourcePerFile) return profile
  return { ...profile, source: `${profile.source}; ${name}`, identity: `${profile.name} ${name}` }
}
