import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Engine } from '../../api/db/connect.ts'
import { findCommunity, newCommunity } from '../../api/files/community.ts'
import type { ImportChoices } from '../../api/files/import-file.ts'
import { type FileOutcome, importFiles } from '../../api/files/import-files.ts'
import {
  crsOfFile,
  type FileChoices,
  inImportOrder,
  openFile,
  refusalOfUnknownCrs,
} from '../../api/files/open-file.ts'
import type { ImportReport } from '../../api/files/report.ts'

interface Teardown {
  teardown(work: () => unknown): unknown
}

const DATA = path.resolve(import.meta.dirname, '../../../shared/data')

/** The path of a real file of the collection beside the project; null where that is not there. */
export function realFile(name: string): string | null {
  const file = path.join(DATA, name)
  return existsSync(file) ? file : null
}

/** Writes files into a folder of its own, removed at the test's end, and answers their paths by name. */
export function writeFiles(t: Teardown, files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = mkdtempSync(path.join(tmpdir(), 'jiexu-files-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return (name: string): string => {
    const file = path.join(folder, name)
    writeFileSync(file, files[name]!)
    return file
  }
}

/** A square of `side_deg` degrees with its south-west corner at a place, counter-clockwise. */
export const square = (lon: number, lat: number, side_deg = 0.0001) => ({
  type: 'Polygon',
  coordinates: [
    [
      [lon, lat],
      [lon + side_deg, lat],
      [lon + side_deg, lat + side_deg],
      [lon, lat + side_deg],
      [lon, lat],
    ],
  ],
})

export const feature = (geometry: unknown, properties: object, id?: string) => ({
  type: 'Feature',
  ...(id !== undefined && { id }),
  geometry,
  properties,
})

export const collection = (features: readonly unknown[], beside: object = {}) =>
  JSON.stringify({ type: 'FeatureCollection', ...beside, features })

/** Loads files as the command does, into the community of a slug, which is made where it is missing. */
export async function load(
  engine: Engine,
  slug: string,
  files: readonly string[],
  options: Partial<ImportChoices & FileChoices & { crs: string; timeZone: string }> = {},
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = []
  const { as = null, source = null, map = {}, crs, timeZone = 'Europe/Berlin' } = options
  const opened = await Promise.all(files.map((file) => openFile(file, { as, source, map })))
  const known = await findCommunity(engine.db, slug)
  await importFiles(
    engine,
    known ? { ...known, isNew: null } : newCommunity(slug, slug, timeZone),
    inImportOrder(opened).map((file) => {
      const known = crsOfFile(file, crs ?? null)
      if (!known) throw refusalOfUnknownCrs(file)
      return { opened: file, crs: known }
    }),
    {
      isSwappingAxes: false,
      isKeepingGood: false,
      isRetiring: false,
      isOverwriting: false,
      isDryRun: false,
      ...options,
    },
    { onProgress: () => {}, onOutcome: (outcome) => outcomes.push(outcome) },
  )
  return outcomes
}

/** The one report of a load of one file. @throws the refusal where there is none. */
export function only(outcomes: readonly FileOutcome[]): ImportReport {
  const [outcome] = outcomes
  if (!outcome || !('report' in outcome)) throw new Error(outcome?.refusal ?? 'no outcome')
  return outcome.report
}

/** The figures of a report that tell whether anything changed. */
export const figures = (report: ImportReport) => ({
  read: report.read,
  kept: report.kept,
  inserted: report.inserted,
  updated: report.updated,
  unchanged: report.unchanged,
  refused: report.refused.length,
})
