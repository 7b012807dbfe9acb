import type { Exif } from 'exif-reader'
import { ApiProblem } from '../../http/problem.ts'
import { ACCEPTED_TYPES, MOST_PIXELS } from './contract.ts'

/** A photo as it is kept: re-encoded, upright, without the camera's notes, which are read before. */
export interface Picture {
  full: Buffer
  thumb: Buffer
  width: number
  height: number
  taken_at: Date | null
  taken_lon: number | null
  taken_lat: number | null
}

const LONGEST_SIDE = 2048
const THUMB_SIDE = 320
/** Plain JPEG: mozjpeg makes an eighth less of it and takes seven times as long, while records wait for the processor. */
const QUALITY = { quality: 80 }
/** Photos take one thread: the others are for records, which people wait for. */
const AT_ONCE = 1

let running = 0
const waiting: (() => void)[] = []

/**
 * Checks and re-encodes a photo. What comes out was decoded and written anew, so nothing hidden in the file survives.
 * @throws ApiProblem 422 for what is no JPEG, PNG or WebP, too many pixels, or broken.
 */
export async function preparePicture(bytes: Buffer): Promise<Picture> {
  await refuseOtherTypes(bytes)
  if (running >= AT_ONCE) await new Promise<void>((free) => waiting.push(free))
  running++
  try {
    return await encode(bytes)
  } finally {
    running--
    waiting.shift()?.()
  }
}

async function refuseOtherTypes(bytes: Buffer): Promise<void> {
  if (bytes.length === 0) throw invalid('the photo is empty')
  const { fileTypeFromBuffer } = await import('file-type')
  const type = await fileTypeFromBuffer(bytes)
  if (!type || !(ACCEPTED_TYPES as readonly string[]).includes(type.mime))
    throw invalid(`it is ${type ? type.mime : 'no picture'}; send ${ACCEPTED_TYPES.join(', ')}`)
}

async function encode(bytes: Buffer): Promise<Picture> {
  // Loaded with the first photo: a service that is just starting needs none.
  const { default: sharp } = await import('sharp')
  sharp.concurrency(1)
  const options = { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 } as const
  try {
    const metadata = await sharp(bytes, options).metadata()
    if (metadata.width * metadata.height > MOST_PIXELS)
      throw invalid(`${metadata.width} × ${metadata.height} pixels, at most ${MOST_PIXELS}`)
    const upright = sharp(bytes, options).rotate().flatten({ background: '#ffffff' })
    const full = await upright
      .clone()
      .resize(LONGEST_SIDE, LONGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
      .jpeg(QUALITY)
      .toBuffer({ resolveWithObject: true })
    const thumb = await sharp(full.data)
      .resize(THUMB_SIDE, THUMB_SIDE, { fit: 'inside', withoutEnlargement: true })
      .jpeg(QUALITY)
      .toBuffer()
    return {
      full: full.data,
      thumb,
      width: full.info.width,
      height: full.info.height,
      ...(await readNotes(metadata.exif)),
    }
  } catch (error) {
    if (error instanceof ApiProblem) throw error
    throw invalid(`it cannot be decoded: ${(error as Error).message.split('\n')[0]}`)
  }
}

const NO_NOTES = { taken_at: null, taken_lon: null, taken_lat: null }

/** When and where, as the camera says; a note that cannot be read says nothing. */
async function readNotes(exif: Buffer | undefined) {
  if (!exif) return NO_NOTES
  try {
    const { default: read } = await import('exif-reader')
    const notes = read(exif)
    return { taken_at: takenAt(notes), ...takenWhere(notes) }
  } catch {
    return NO_NOTES
  }
}

/** The camera's wall clock with its offset; without one nobody knows which hour it means. */
function takenAt({ Photo }: Exif): Date | null {
  const clock = Photo?.DateTimeOriginal
  const offset = Photo?.OffsetTimeOriginal ?? Photo?.OffsetTime
  if (!(clock instanceof Date) || typeof offset !== 'string') return null
  const at = new Date(`${clock.toISOString().slice(0, 19)}${offset.replaceAll('\0', '').trim()}`)
  return Number.isNaN(at.getTime()) ? null : at
}

function takenWhere({ GPSInfo }: Exif): Pick<Picture, 'taken_lon' | 'taken_lat'> {
  const lon = degrees(GPSInfo?.GPSLongitude, GPSInfo?.GPSLongitudeRef === 'W')
  const lat = degrees(GPSInfo?.GPSLatitude, GPSInfo?.GPSLatitudeRef === 'S')
  const isPlace = lon !== null && lat !== null && Math.abs(lon) <= 180 && Math.abs(lat) <= 90
  return { taken_lon: isPlace ? lon : null, taken_lat: isPlace ? lat : null }
}

function degrees(parts: readonly number[] | undefined, isNegative: boolean): number | null {
  if (!parts || parts.length < 3 || !parts.slice(0, 3).every(Number.isFinite)) return null
  const value = parts[0]! + parts[1]! / 60 + parts[2]! / 3600
  return isNegative ? -value : value
}

const invalid = (message: string) =>
  new ApiProblem('media/invalid', `not a photo that can be kept: ${message}`, [
    { path: '', message },
  ])
