import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { BulkTransaction } from '../db/bulk.ts'
import { COLLECTION_IDS, type CollectionId } from '../features/inventory/contract.ts'
import { boxAround, boxOf, findMisfits, mapPositions, transformer } from './coordinates.ts'
import {
  addAttribution,
  ensureCommunity,
  refuseFarAway,
  type TargetCommunity,
} from './community.ts'
import type { Crs } from './crs.ts'
import { loadJoins } from './joins.ts'
import type { OpenedFile } from './open-file.ts'
import { type Candidate, patchFault, prepareFeatures, refusedOf, stableId } from './prepare.ts'
import type { FeatureProfile, Patch, PatchProfile, ReadingProfile } from './profile.ts'
import type { ImportReport } from './report.ts'
import { recordRun } from './import-run.ts'
import { writeCandidates, writePatches } from './store.ts'
import { contentKey } from './values.ts'

/** How a file is to be taken. */
export interface ImportChoices {
  isSwappingAxes: boolean
  isKeepingGood: boolean
  isRetiring: boolean
  isOverwriting: boolean
  isDryRun: boolean
}

/** A reading as `POST /api/observations` takes it, with the place of its record in the file. */
export interface Reading {
  index: number
  item: Record<string, unknown>
}

/** What a file came to; `readings` are to be stored after the transaction, by the observations' own door. */
export interface FileResult {
  report: ImportReport
  readings: Reading[]
}

type OnProgress = (done: number, of: number) => void

/**
 * Takes one file within a transaction: rows new, changed or as they were, refused ones by index. The caller undoes the
 * transaction where `report.is_stored` is false.
 * @throws FileRefusal when the coordinates do not fit the coordinate system.
 */
export async function importFile(
  bulk: BulkTransaction,
  community: TargetCommunity,
  opened: OpenedFile,
  crs: Crs,
  choices: ImportChoices,
  onProgress: OnProgress,
): Promise<FileResult> {
  await ensureCommunity(bulk.trx, community)
  // Two imports into one community wait for each other: both look before they write.
  await sql`select pg_advisory_xact_lock(hashtext(${`import ${community.id}`}))`.execute(bulk.trx)
  const file: Taking = {
    bulk,
    community,
    opened,
    crs,
    choices,
    onProgress,
    importId: uuidv7(),
    report: emptyReport(community, opened, crs, choices),
  }
  const { profile } = opened
  const readings =
    profile.kind === 'features'
      ? await takeFeatures(file, profile)
      : profile.kind === 'patches'
        ? await takePatches(file, profile)
        : await takeReadings(file, profile)
  const { report } = file
  report.refused.sort((a, b) => a.index - b.index)
  report.is_stored = !choices.isDryRun && (report.refused.length === 0 || choices.isKeepingGood)
  if (report.is_stored && profile.kind !== 'readings') {
    await addAttribution(bulk.trx, community.id, profile.attribution)
    await recordRun(bulk.trx, community.id, file.importId, report)
  }
  return { report, readings }
}

interface Taking {
  bulk: BulkTransaction
  community: TargetCommunity
  opened: OpenedFile
  crs: Crs
  choices: ImportChoices
  onProgress: OnProgress
  importId: string
  report: ImportReport
}

async function takeFeatures(file: Taking, profile: FeatureProfile): Promise<Reading[]> {
  const { bulk, community, opened, crs, choices, report } = file
  const records = choices.isSwappingAxes ? opened.records.map(turned) : opened.records
  const misfits = findMisfits(
    crs,
    records.map(({ geometry }) => boxOf(geometry)),
  )
  const { joins, counts } = await loadJoins(bulk.trx, community.id, profile)
  const prepared = prepareFeatures(profile, records, {
    communityId: community.id,
    joins,
    move: transformer(crs),
    misfits,
    crsName: crs.name,
    onProgress: (done) => file.onProgress(done, records.length),
  })
  await refuseFarAway(
    bulk.trx,
    community,
    boxAround(prepared.candidates.map(({ geometry }) => boxOf(geometry))),
  )
  report.joins = counts()
  report.refused = prepared.refused
  report.repeated = prepared.repeated
  report.parts = prepared.parts
  report.unused = [...prepared.unused]
    .map(([kind, count]) => ({ kind, count }))
    .toSorted((a, b) => b.count - a.count)
  for (const [notice, count] of prepared.notices) report.notes.push(`${notice}: ${count}`)
  // A feature that is refused today is still in the file: nothing that was there is ended then.
  const isRetiring = choices.isRetiring && prepared.refused.length === 0
  if (choices.isRetiring && !isRetiring)
    report.notes.push('nothing was ended, because features were refused')
  const ofCollections = byCollection(prepared.candidates)
  for (const collection of COLLECTION_IDS) {
    const candidates = ofCollections.get(collection) ?? []
    if (candidates.length === 0 && !isRetiring) continue
    const written = await writeCandidates(
      bulk,
      {
        communityId: community.id,
        collection,
        importId: file.importId,
        source: profile.source,
        isOverwriting: choices.isOverwriting,
        isRetiring,
      },
      candidates,
    )
    report.kept += candidates.length - written.taken.size
    report.inserted += written.inserted
    report.updated += written.updated
    report.unchanged += written.unchanged
    report.retired += written.retired
    report.edited_here += written.edited_here
    report.known_elsewhere += written.taken.size
  }
  file.onProgress(records.length, records.length)
  return []
}

async function takePatches(file: Taking, profile: PatchProfile): Promise<Reading[]> {
  const { bulk, community, opened, report } = file
  const { joins, counts } = await loadJoins(bulk.trx, community.id, profile)
  const refuse = (index: number, path: string, message: string) =>
    report.refused.push(refusedOf(opened.records[index]!, { path, message }))
  const readable = opened.records.filter(({ index, fault }) => {
    if (fault !== undefined) refuse(index, '', fault)
    return fault === undefined
  })
  const patches = profile.gather(readable, joins, refuse)
  report.joins = counts()
  const good = patches.filter((patch) => {
    const fault = patchFault(patch)
    if (fault) refuse(patch.index, fault.path, fault.message)
    return fault === null
  })
  report.kept = good.reduce((sum, { records }) => sum + records, 0)
  for (const [collection, ofCollection] of byCollection(good)) {
    const target = { communityId: community.id, collection, importId: file.importId }
    const { updated, unchanged } = await writePatches(bulk, target, ofCollection)
    report.updated += updated
    report.unchanged += unchanged
    report.notes.push(
      `${report.kept} of ${report.read} rows say something of ${ofCollection.length} ${collection}`,
    )
  }
  const lost = report.read - report.kept - report.refused.length
  if (lost > 0) report.unused.push({ kind: 'of a record that is not here', count: lost })
  file.onProgress(report.read, report.read)
  return []
}

async function takeReadings(file: Taking, profile: ReadingProfile): Promise<Reading[]> {
  const { bulk, community, opened, report } = file
  const { joins, counts } = await loadJoins(bulk.trx, community.id, profile)
  const readings: Reading[] = []
  const unused = new Map<string, number>()
  for (const record of opened.records) {
    if (record.fault !== undefined) {
      report.refused.push(refusedOf(record, { path: '', message: record.fault }))
      continue
    }
    const item = profile.read(record, joins)
    if ('unused' in item) {
      const kind = String(item['unused'])
      unused.set(kind, (unused.get(kind) ?? 0) + 1)
      continue
    }
    // The same reading in the next snapshot is the same observation.
    const id = stableId(community.id, 'observations', profile.name, contentKey(item))
    readings.push({ index: record.index, item: { id, ...item } })
  }
  report.joins = counts()
  report.unused = [...unused].map(([kind, count]) => ({ kind, count }))
  return readings
}

function emptyReport(
  community: TargetCommunity,
  { nature, profile, records, declaredCrs }: OpenedFile,
  crs: Crs,
  choices: ImportChoices,
): ImportReport {
  return {
    file: nature.name,
    sha256: nature.sha256,
    format: nature.format,
    encoding: nature.encoding,
    crs_declared: declaredCrs,
    crs_used: profile.kind === 'features' ? crs.name : 'no coordinates',
    profile: profile.name,
    community: community.slug,
    is_dry_run: choices.isDryRun,
    is_stored: false,
    read: records.length,
    kept: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    repeated: 0,
    parts: 0,
    retired: 0,
    edited_here: 0,
    known_elsewhere: 0,
    refused: [],
    unused: [],
    joins: [],
    notes: [],
    seconds: 0,
  }
}

/** A record with the first two numbers of its positions exchanged. */
const turned = <R extends { geometry: unknown }>(record: R): R => ({
  ...record,
  geometry: mapPositions(record.geometry, (x, y) => [y, x]),
})

function byCollection<Row extends Candidate | Patch>(
  rows: readonly Row[],
): Map<CollectionId, Row[]> {
  const groups = new Map<CollectionId, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.collection)
    if (group) group.push(row)
    else groups.set(row.collection, [row])
  }
  return groups
}
