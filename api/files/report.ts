import type { Refused } from './prepare.ts'

/** What became of one file; written as it is by `--report`, and kept with the import run. */
export interface ImportReport {
  file: string
  sha256: string
  format: string
  encoding: string
  /** As the file names it; null where it names none. */
  crs_declared: string | null
  crs_used: string
  profile: string
  community: string
  is_dry_run: boolean
  /** False where nothing was stored: a dry run, or a file with refused features and without `--keep-good`. */
  is_stored: boolean
  /** Features or rows in the file. */
  read: number
  /** Of these, good ones: new, changed or as they were. */
  kept: number
  inserted: number
  updated: number
  unchanged: number
  /** Good ones that say the same as an earlier one of the file. */
  repeated: number
  /** Further lines of a street that came before: put together with it. */
  parts: number
  /** Rows of an earlier import that are gone from the file and were ended (`--retire-missing`). */
  retired: number
  /** Rows that people changed here since the last import: left as they are. */
  edited_here: number
  /** Objects that another source brought first, by the same `external_id`: left to it. */
  known_elsewhere: number
  refused: Refused[]
  unused: { kind: string; count: number }[]
  joins: {
    property: string
    collection: string
    /** Records whose pointer found something, and how many different pointers these are. */
    found: number
    found_values: number
    missing: number
    missing_values: number
    /** The first ten different pointers that found nothing. */
    missing_examples: string[]
  }[]
  notes: string[]
  seconds: number
}

const SHOWN = 20
const KINDS_SHOWN = 6

/** The report in plain words, for a terminal. */
export function reportText(report: ImportReport): string {
  const lines = [
    `${report.file}: ${report.format}, ${report.encoding}, ${report.crs_used}${report.crs_declared ? ` (the file says ${report.crs_declared})` : ''}, as ${report.profile} into ${report.community}`,
    `  read ${report.read}, kept ${report.kept} (${report.inserted} new, ${report.updated} changed, ${report.unchanged} unchanged), refused ${report.refused.length}`,
  ]
  if (report.repeated > 0) lines.push(`  repeated in the file: ${report.repeated}`)
  if (report.parts > 0) lines.push(`  further parts of a feature before them: ${report.parts}`)
  if (report.retired > 0) lines.push(`  gone from the file and ended: ${report.retired}`)
  if (report.edited_here > 0)
    lines.push(
      `  changed here since the last import and left as they are: ${report.edited_here} (--overwrite takes the file's)`,
    )
  if (report.known_elsewhere > 0)
    lines.push(`  known here from another source and left to it: ${report.known_elsewhere}`)
  lines.push(...report.joins.map(joinText), ...unusedTexts(report.unused))
  for (const refused of report.refused.slice(0, SHOWN)) lines.push(`  ${refusedText(refused)}`)
  if (report.refused.length > SHOWN)
    lines.push(`  … and ${report.refused.length - SHOWN} more refused (--report lists them all)`)
  for (const note of report.notes) lines.push(`  note: ${note}`)
  lines.push(`  ${outcomeText(report)}, ${report.seconds.toFixed(1)} s`)
  return `${lines.join('\n')}\n`
}

function joinText(join: ImportReport['joins'][number]): string {
  const { property, collection, found, found_values, missing, missing_values } = join
  const examples = join.missing_examples.join(', ')
  const lost =
    missing > 0
      ? ` (${missing_values} different: ${examples}${missing_values > join.missing_examples.length ? ', …' : ''})`
      : ''
  return `  ${property} → ${collection}: ${found} found (${found_values} different), ${missing} missing${lost}`
}

function unusedTexts(unused: ImportReport['unused']): string[] {
  const sum = (kinds: typeof unused) => kinds.reduce((total, { count }) => total + count, 0)
  if (unused.length === 0) return []
  const shown = unused.slice(0, KINDS_SHOWN)
  const rest = unused.slice(KINDS_SHOWN)
  const kinds = shown.map(({ kind, count }) => `${kind} ${count}`)
  if (rest.length > 0) kinds.push(`${rest.length} other kinds ${sum(rest)}`)
  return [`  not used ${sum(unused)}: ${kinds.join(', ')}`]
}

function refusedText({ index, line, id, path, message }: Refused): string {
  const where = line === undefined ? `feature ${index}` : `row ${index} (line ${line})`
  return `refused: ${where}${id === null ? '' : ` (${id})`}: ${path ? `${path}: ` : ''}${message}`
}

function outcomeText(report: ImportReport): string {
  if (report.is_dry_run) return 'dry run: nothing was stored'
  if (!report.is_stored)
    return 'nothing was stored: mend the refused ones, or keep the good ones with --keep-good'
  return report.inserted + report.updated + report.retired > 0 ? 'stored' : 'nothing has changed'
}
