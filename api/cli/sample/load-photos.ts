import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { filesOf } from '../../features/media/storage.ts'
import type { Month } from './month.ts'

const FOLDER = new URL('../../../geodata/photos/', import.meta.url)
const SIZE = { width: 960, height: 720 }

/** Which drawing stands in for the photos of a kind, by their role. */
const DRAWINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'hazard.fire_lane': { evidence: 'fire-lane-before', after: 'fire-lane-after' },
  'street.zombie_vehicle': {
    evidence: 'vehicle-before',
    notice: 'vehicle-notice',
    after: 'vehicle-after',
  },
}

/** Puts files into the storage of photos, by their keys. */
export type KeepPhotos = (files: Readonly<Record<string, Buffer>>) => Promise<void>

/** Keeps the drawings and returns the rows of `media` that show them: many photos are of one drawing. */
export async function keepDrawings(
  photos: Month['photos'],
  keep: KeepPhotos,
): Promise<Record<string, unknown>[]> {
  const files: Record<string, Buffer> = {}
  const rows = []
  for (const { kind_code, role, at, ...photo } of photos) {
    const drawing = DRAWINGS[kind_code]?.[role]
    if (drawing === undefined) continue
    const storage_key = `sample/${drawing}`
    const [full, thumb] = filesOf(storage_key)
    const bytes = (files[full] ??= await readFile(new URL(`${drawing}.jpg`, FOLDER)))
    files[thumb] ??= await readFile(new URL(`${drawing}-thumb.jpg`, FOLDER))
    rows.push({
      ...photo,
      role,
      storage_key,
      content_type: 'image/jpeg',
      bytes: bytes.length,
      ...SIZE,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      taken_at: new Date(at),
      created_at: new Date(at),
    })
  }
  await keep(files)
  return rows
}
