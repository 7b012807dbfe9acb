import { Readable } from 'node:stream'
import { parse } from 'csv-parse'
import { FileRefusal } from './refusal.ts'
import {
  type FileNature,
  type OnBytes,
  type ReadFile,
  type SourceRecord,
  textOf,
} from './source-file.ts'
import { coordinateOf } from './values.ts'

/** Column names taken for coordinates, compared without case. */
const LON = ['lon', 'lng', 'long', 'longitude', 'x', 'easting', '经度']
const LAT = ['lat', 'latitude', 'y', 'northing', '纬度']

/**
 * Reads a CSV with headings: comma, semicolon or tab; quoted fields may hold line breaks. Empty fields become null.
 * Where columns for longitude and latitude are found (or named by `lonLat`) each row gets a point.
 * @throws FileRefusal when headings are missing or repeated, or a quote is left open.
 */
export async function readCsv(
  file: string,
  nature: FileNature,
  lonLat?: { lon: string; lat: string },
  onBytes?: OnBytes,
): Promise<ReadFile> {
  const records: SourceRecord[] = []
  let headings: string[] | null = null
  let columns: { lon: string; lat: string } | null = null
  const rows = parse({
    delimiter: await delimiterOf(file, nature),
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
  })
  const text = Readable.from(textOf(file, nature.encoding, onBytes))
  text.once('error', (error) => rows.destroy(error))
  text.pipe(rows)
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      if (!headings) {
        headings = checkedHeadings(record, nature)
        columns = coordinateColumns(headings, nature, lonLat)
        continue
      }
      const index = records.length
      const properties = Object.fromEntries(
        headings.map((heading, i) => [heading, record[i]?.trim() ? record[i].trim() : null]),
      )
      const line = info.lines
      const base = { index, line, id: null, properties }
      records.push(
        record.length === headings.length
          ? { ...base, geometry: columns && pointOf(properties, columns) }
          : {
              ...base,
              geometry: null,
              fault: `has ${record.length} fields, the heading has ${headings.length}`,
            },
      )
    }
  } catch (error) {
    if (error instanceof FileRefusal) throw error
    throw new FileRefusal(`${nature.name} cannot be read as CSV: ${(error as Error).message}`)
  }
  if (!headings) throw new FileRefusal(`${nature.name} has no heading row`)
  return { records, declaredCrs: null }
}

async function delimiterOf(file: string, nature: FileNature): Promise<string> {
  for await (const text of textOf(file, nature.encoding)) {
    const [line = ''] = text.split(/\r?\n/, 1)
    const bare = line.replace(/"[^"]*"/g, '')
    const count = (mark: string) => bare.split(mark).length
    return [',', ';', '\t'].toSorted((a, b) => count(b) - count(a))[0]!
  }
  return ','
}

function checkedHeadings(record: string[], nature: FileNature): string[] {
  const headings = record.map((heading) => heading.trim())
  const repeated = headings.find((heading, i) => headings.indexOf(heading) < i)
  if (repeated !== undefined)
    throw new FileRefusal(`${nature.name} has the column ${JSON.stringify(repeated)} twice`)
  return headings
}

function coordinateColumns(
  headings: string[],
  nature: FileNature,
  named?: { lon: string; lat: string },
): { lon: string; lat: string } | null {
  if (named) {
    for (const column of [named.lon, named.lat])
      if (!headings.includes(column))
        throw new FileRefusal(
          `${nature.name} has no column ${JSON.stringify(column)}; it has ${headings.join(', ')}`,
        )
    return named
  }
  const find = (names: string[]) =>
    headings.find((heading) => names.includes(heading.toLowerCase()))
  const [lon, lat] = [find(LON), find(LAT)]
  return lon !== undefined && lat !== undefined ? { lon, lat } : null
}

/** Numbers that do not read stay text, so that the geometry door names the place of the fault. */
function pointOf(
  properties: Record<string, string | null>,
  { lon, lat }: { lon: string; lat: string },
): unknown {
  const [x, y] = [properties[lon] ?? null, properties[lat] ?? null]
  if (x === null && y === null) return null
  return { type: 'Point', coordinates: [coordinateOf(x) ?? x, coordinateOf(y) ?? y] }
}
