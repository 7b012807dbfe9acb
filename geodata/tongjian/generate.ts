import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildings, community, grids } from './blocks.ts'
import { curbObjects } from './curb.ts'
import type { Feature } from './frame.ts'
import { ledgerEvents, partnerUnits } from './ledger.ts'
import { bays, lots, sharingAgreements } from './parking.ts'
import { survey, surveyCounts } from './rhythm.ts'
import { streetSegments } from './streets.ts'
import { frontages, merchants, vendorZones } from './trade.ts'
import { closures } from './works.ts'

const NOTICE =
  '合成示例数据 SYNTHETIC SAMPLE: every coordinate, name and record is invented and describes no real street, building, person or vehicle. CC0-1.0.'

/** Writes every file of the sample into `folder`: the same bytes on every run. Returns the file names. */
export function generateSample(folder: string): string[] {
  const placed = { bays: bays(), lots: lots() }
  const counts = surveyCounts(placed.bays, placed.lots)
  const columns = Object.keys(counts[0]!) as (keyof (typeof counts)[number])[]
  const files: Record<string, string> = {
    'community.geojson': collection('community', [community()]),
    'grids.geojson': collection('grids', grids()),
    'buildings.geojson': collection('buildings', buildings()),
    'street_segments.geojson': collection('street_segments', streetSegments()),
    'curb_objects.geojson': collection('curb_objects', curbObjects()),
    'bays.geojson': collection('bays', placed.bays),
    'lots.geojson': collection('lots', placed.lots),
    'vendor_zones.geojson': collection('vendor_zones', vendorZones()),
    'frontages.geojson': collection('frontages', frontages()),
    'closures.geojson': collection('closures', closures()),
    'merchants.geojson': collection('merchants', merchants()),
    'ledger_events.geojson': collection('ledger_events', ledgerEvents()),
    'partner_units.json': records('partner_units', partnerUnits()),
    'sharing_agreements.json': records('sharing_agreements', sharingAgreements()),
    'survey.json': records('survey', [survey]),
    'survey_counts.csv': [
      columns.join(','),
      ...counts.map((count) => columns.map((column) => count[column]).join(',')),
      '',
    ].join('\n'),
  }
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
  return Object.keys(files)
}

/** One feature a line, so that a change in one shows as one line. */
const collection = (name: string, features: Feature[]) =>
  `{"type":"FeatureCollection","name":${JSON.stringify(name)},"notice":${JSON.stringify(NOTICE)},"features":[\n${lines(features)}\n]}\n`

const records = (name: string, rows: object[]) =>
  `{"name":${JSON.stringify(name)},"notice":${JSON.stringify(NOTICE)},"records":[\n${lines(rows)}\n]}\n`

const lines = (values: object[]) => values.map((value) => JSON.stringify(value)).join(',\n')

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = generateSample(import.meta.dirname)
  process.stdout.write(`${names.length} files written into ${import.meta.dirname}\n`)
}
