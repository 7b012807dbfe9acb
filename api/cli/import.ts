import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { Engine } from '../db/connect.ts'
import { findCommunity, newCommunity, type TargetCommunity } from '../files/community.ts'
import { crsOf } from '../files/crs.ts'
import { type FileOutcome, importFiles, type ReadyFile } from '../files/import-files.ts'
import { PROFILES } from '../files/known-profiles.ts'
import {
  crsOfFile,
  inImportOrder,
  openFile,
  type OpenedFile,
  refusalOfUnknownCrs,
} from '../files/open-file.ts'
import { FileRefusal } from '../files/refusal.ts'
import { reportText } from '../files/report.ts'
import { COLLECTION_IDS } from '../features/inventory/contract.ts'
import { withDatabase } from './database.ts'
import { ask } from './prompt.ts'
import { fileProgress } from './progress.ts'

interface Options {
  community?: string
  name?: string
  timeZone?: string
  as?: string
  crs?: string
  swapAxes?: true
  map?: Record<string, string>
  source?: string
  dryRun?: true
  keepGood?: true
  overwrite?: true
  retireMissing?: true
  report?: string
}

const AFTER_HELP = `
Files known by their content:
${PROFILES.map(({ name, description }) => `  ${name.padEnd(24)}${description}`).join('\n')}
Any other GeoJSON, GeoJSON in lines or CSV goes into the collection named by --as:
  ${COLLECTION_IDS.join(', ')}

Examples:
  jiexu import parking_way.geojson street_names.geojson --community neukoelln
  jiexu import racks.csv --as bays --crs GCJ-02 --community my-town --time-zone Asia/Shanghai --map capacity=车位数 --dry-run
`

/** `jiexu import`: loads files into a community, with a report of each. */
export function importCommand(program: Command): void {
  program
    .command('import')
    .description('load GeoJSON and CSV files into a community 导入数据文件')
    .argument('<files...>', 'GeoJSON, GeoJSON in lines, CSV')
    .option('--community <slug>', 'short name of the community; made where it is not there yet')
    .option('--name <name>', "a new community's name, Chinese or other")
    .option('--time-zone <zone>', "a new community's time zone, for example Asia/Shanghai")
    .option('--as <profile or collection>', 'what the files are, where they are not known')
    .option('--crs <name>', 'coordinate system: EPSG code, GCJ-02 or BD-09')
    .option('--swap-axes', 'the files have latitude (northing) first')
    .option(
      '--map <member=property>',
      'take a member (or lon, lat) from a property (column) of another name; may be repeated',
      mapping,
    )
    .option('--source <text>', 'publisher and licence of the data')
    .option('--dry-run', 'say what would happen and store nothing')
    .option('--keep-good', 'store the good features of a file although others are refused')
    .option('--overwrite', 'also take rows that people changed here since the last import')
    .option('--retire-missing', 'end rows of the same source that the file no longer has')
    .option('--report <file>', 'write the reports as JSON')
    .addHelpText('after', AFTER_HELP)
    .action(async (files: string[], options: Options) => {
      const outcomes = await run(files, options)
      if (options.report) await writeFile(options.report, `${JSON.stringify(outcomes, null, 2)}\n`)
      if (outcomes.some(isFailed)) process.exitCode = 1
    })
}

async function run(files: readonly string[], options: Options): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = []
  const progress = fileProgress()
  const tell = (outcome: FileOutcome) => {
    progress.stop()
    outcomes.push(outcome)
    process.stdout.write(
      'report' in outcome ? reportText(outcome.report) : `${outcome.file}: ${outcome.refusal}\n`,
    )
  }
  const opened = await openFiles(files, options, progress, tell)
  const ready: ReadyFile[] = []
  for (const file of inImportOrder(opened)) {
    const crs = await refusing(file.nature.name, tell, () => chooseCrs(file, options))
    if (crs) ready.push({ opened: file, crs })
  }
  if (ready.length === 0) return outcomes
  await withDatabase(async (engine) => {
    const community = await chooseCommunity(engine, opened, options)
    const choices = {
      isSwappingAxes: options.swapAxes === true,
      isKeepingGood: options.keepGood === true,
      isRetiring: options.retireMissing === true,
      isOverwriting: options.overwrite === true,
      isDryRun: options.dryRun === true,
    }
    await importFiles(engine, community, ready, choices, {
      onProgress: (file, done, of) => progress.show(file.nature.name, 'checking', done, of),
      onOutcome: tell,
    })
  }).finally(() => progress.stop())
  return outcomes
}

async function openFiles(
  files: readonly string[],
  options: Options,
  progress: ReturnType<typeof fileProgress>,
  tell: (outcome: FileOutcome) => void,
): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = []
  const choices = { as: options.as ?? null, source: options.source ?? null, map: options.map ?? {} }
  for (const file of files) {
    const name = path.basename(file)
    const found = await refusing(name, tell, () =>
      openFile(file, choices, (bytes, of) => progress.show(name, 'reading', bytes, of)),
    )
    if (found) opened.push(found)
  }
  progress.stop()
  return withoutSecondStreets(opened, options)
}

/** Beside a publisher's own files an OSM extract of the same place would bring streets and car parks once more. */
function withoutSecondStreets(opened: OpenedFile[], options: Options): OpenedFile[] {
  const isExtract = ({ profile }: OpenedFile) => profile.isSourcePerFile === true
  if (options.as || opened.every(isExtract)) return opened
  for (const { nature } of opened.filter(isExtract))
    process.stdout.write(
      `${nature.name}: left out, because an OpenStreetMap extract beside other sources would bring streets and car parks a second time; to have it, import it with --as osm\n`,
    )
  return opened.filter((file) => !isExtract(file))
}

async function chooseCrs(file: OpenedFile, options: Options) {
  const known = crsOfFile(file, options.crs ?? null)
  if (known) return known
  const answer = await ask(
    `${file.nature.name} does not say its coordinate system (EPSG:4326, GCJ-02, BD-09, EPSG:4547 …)`,
  )
  if (answer === null) throw refusalOfUnknownCrs(file)
  return crsOf(answer)
}

async function chooseCommunity(
  engine: Engine,
  opened: readonly OpenedFile[],
  options: Options,
): Promise<TargetCommunity> {
  const slug = options.community ?? (await ask('short name of the community'))
  if (!slug)
    throw new Error('say with --community where the files go, for example --community neukoelln')
  const known = await findCommunity(engine.db, slug)
  if (known) return { ...known, isNew: null }
  const zone =
    options.timeZone ??
    opened.find(({ profile }) => profile.time_zone)?.profile.time_zone ??
    (await ask(`time zone of the new community ${slug}`))
  if (!zone)
    throw new Error(
      `there is no community ${slug} yet: to make it, give its --time-zone, for example Asia/Shanghai`,
    )
  return newCommunity(slug, options.name ?? slug, zone)
}

async function refusing<T>(
  file: string,
  tell: (outcome: FileOutcome) => void,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error
    tell({ file, refusal: error.message })
    return null
  }
}

const isFailed = (outcome: FileOutcome) =>
  !('report' in outcome) ||
  (outcome.report.is_dry_run ? outcome.report.refused.length > 0 : !outcome.report.is_stored)

function mapping(pair: string, before: Record<string, string> = {}): Record<string, string> {
  const at = pair.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('write it as member=property')
  return { ...before, [pair.slice(0, at)]: pair.slice(at + 1) }
}
