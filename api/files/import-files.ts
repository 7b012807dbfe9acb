import { sql } from 'kysely'
import { asCommunityInBulk, type BulkTransaction } from '../db/bulk.ts'
import type { Engine } from '../db/connect.ts'
import { asCommunities } from '../db/tenant.ts'
import { admitItem, isFault } from '../features/observations/admitting.ts'
import { storeObservations } from '../features/observations/ingest.ts'
import { readPlaces } from '../features/observations/place-source.ts'
import { drawBoundary, type TargetCommunity } from './community.ts'
import type { Crs } from './crs.ts'
import { type FileResult, type ImportChoices, importFile, type Reading } from './import-file.ts'
import type { OpenedFile } from './open-file.ts'
import { refusedOf } from './prepare.ts'
import { FileRefusal } from './refusal.ts'
import type { ImportReport } from './report.ts'
import { addRun, analyzeTables } from './import-run.ts'

/** A file ready to be taken. */
export interface ReadyFile {
  opened: OpenedFile
  crs: Crs
}

interface Refusal {
  file: string
  refusal: string
}

/** What became of a file: its report, or why none of it could be taken. */
export type FileOutcome = { report: ImportReport } | Refusal

interface Told {
  onProgress(file: OpenedFile, done: number, of: number): void
  onOutcome(outcome: FileOutcome): void
}

/**
 * Takes files one after another, each in a transaction of its own: a file that is refused leaves the others standing. A
 * dry run does the same in one transaction that is undone at the end, so that files find there what those before them
 * bring. A community without a boundary is given one in the end.
 */
export async function importFiles(
  engine: Engine,
  community: TargetCommunity,
  files: readonly ReadyFile[],
  choices: ImportChoices,
  told: Told,
): Promise<void> {
  if (choices.isDryRun) return tryFiles(engine, community, files, choices, told)
  let target = community
  let isChanged = false
  for (const file of files) {
    const began = performance.now()
    const outcome = await takeFile(engine, target, file, choices, told)
    if ('report' in outcome) {
      const { report } = outcome
      report.seconds = secondsSince(began)
      if (report.is_stored) target = { ...target, isNew: null }
      isChanged ||= report.inserted + report.updated + report.retired > 0
    }
    told.onOutcome(outcome)
  }
  if (!isChanged) return
  await asCommunities(engine.db, [target.id], (trx) => drawBoundary(trx, target.id))
  await analyzeTables(engine)
}

async function takeFile(
  engine: Engine,
  community: TargetCommunity,
  file: ReadyFile,
  choices: ImportChoices,
  told: Told,
): Promise<FileOutcome> {
  const result = await undoing<FileResult | Refusal>((undo) =>
    asCommunityInBulk(engine, community.id, async (bulk) => {
      const taken = await takeInTransaction(bulk, community, file, choices, told)
      return 'report' in taken && taken.report.is_stored ? taken : undo(taken)
    }),
  )
  if (!('report' in result) || file.opened.profile.kind !== 'readings') return result
  return { report: await storeReadings(engine, community, file.opened, result, choices) }
}

async function tryFiles(
  engine: Engine,
  community: TargetCommunity,
  files: readonly ReadyFile[],
  choices: ImportChoices,
  told: Told,
): Promise<void> {
  await undoing<null>((undo) =>
    asCommunityInBulk(engine, community.id, async (bulk) => {
      for (const file of files) {
        const began = performance.now()
        await sql`savepoint before_file`.execute(bulk.trx)
        const taken = await takeInTransaction(bulk, community, file, choices, told)
        const isGood =
          'report' in taken && (taken.report.refused.length === 0 || choices.isKeepingGood)
        if (!isGood) await sql`rollback to savepoint before_file`.execute(bulk.trx)
        if ('report' in taken) {
          admitReadings(taken, file.opened)
          taken.report.seconds = secondsSince(began)
        }
        told.onOutcome(taken)
      }
      return undo(null)
    }),
  )
}

async function takeInTransaction(
  bulk: BulkTransaction,
  community: TargetCommunity,
  { opened, crs }: ReadyFile,
  choices: ImportChoices,
  told: Told,
): Promise<FileResult | Refusal> {
  try {
    return await importFile(bulk, community, opened, crs, choices, (done, of) =>
      told.onProgress(opened, done, of),
    )
  } catch (error) {
    if (error instanceof FileRefusal) return { file: opened.nature.name, refusal: error.message }
    throw error
  }
}

/** Stores readings through the door that the API has too; what is refused there is refused here by the same words. */
async function storeReadings(
  engine: Engine,
  community: TargetCommunity,
  opened: OpenedFile,
  { report, readings }: FileResult,
  choices: ImportChoices,
): Promise<ImportReport> {
  const faults = faultsOf(readings)
  if (report.refused.length + faults.length > 0 && !choices.isKeepingGood) {
    addRefused(report, opened, faults)
    report.is_stored = false
    return report
  }
  const stored = await storeObservations(
    engine,
    readings.map(({ item }) => item),
    {
      communityId: community.id,
      places: await readPlaces(engine, community.id),
      now: Date.now(),
      bbox: null,
    },
  )
  addRefused(
    report,
    opened,
    stored.refused.map(({ index, ...fault }) => ({ index: readings[index]!.index, ...fault })),
  )
  report.inserted = stored.stored
  report.unchanged = stored.duplicates
  report.kept = stored.stored + stored.duplicates
  await addRun(engine, community.id, opened.profile.attribution, report)
  return report
}

/** What a dry run can say of readings: which of them the door would refuse. */
function admitReadings({ report, readings }: FileResult, opened: OpenedFile): void {
  if (opened.profile.kind !== 'readings') return
  const faults = faultsOf(readings)
  addRefused(report, opened, faults)
  report.kept = readings.length - faults.length
}

type Fault = { index: number; path: string; message: string }

function faultsOf(readings: readonly Reading[]): Fault[] {
  const now = Date.now()
  return readings.flatMap(({ index, item }) => {
    const result = admitItem(item, now)
    return isFault(result) ? [{ index, ...result }] : []
  })
}

function addRefused(report: ImportReport, opened: OpenedFile, faults: readonly Fault[]): void {
  for (const { index, ...fault } of faults)
    report.refused.push(refusedOf(opened.records[index]!, fault))
  report.refused.sort((a, b) => a.index - b.index)
}

/** Runs `work`, whose transaction `undo` ends without a trace, and answers what either of them gave. */
async function undoing<T>(work: (undo: (value: T) => never) => Promise<T>): Promise<T> {
  const undone = new Error('undone')
  let given: { value: T } | null = null
  try {
    return await work((value) => {
      given = { value }
      throw undone
    })
  } catch (error) {
    if (error === undone && given) return (given as { value: T }).value
    throw error
  }
}

const secondsSince = (began: number) => (performance.now() - began) / 1000
