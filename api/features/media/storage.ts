import path from 'node:path'
import { Disk } from 'flydrive'
import { FSDriver } from 'flydrive/drivers/fs'
import { ApiProblem } from '../../http/problem.ts'
import type { Settings } from '../../settings.ts'

/** Where photos lie: a folder beside the embedded database, or S3-compatible storage that several instances share. */
export async function openStorage({
  dataDir,
  s3,
}: Pick<Settings, 'dataDir' | 's3'>): Promise<Disk> {
  if (!s3)
    return new Disk(new FSDriver({ location: path.join(dataDir, 'media'), visibility: 'private' }))
  // The client of S3 is large, and most communities have a disk.
  const { S3Driver } = await import('flydrive/drivers/s3')
  return new Disk(
    new S3Driver({
      bucket: s3.bucket,
      region: s3.region,
      ...(s3.endpoint && { endpoint: s3.endpoint, forcePathStyle: true }),
      credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
      visibility: 'private',
      supportsACL: false,
    }),
  )
}

const NO_SPACE = new Set(['ENOSPC', 'EDQUOT', 'QuotaExceeded', 'XMinioStorageFull'])

/**
 * Writes files; where one cannot be written none is left.
 * @throws ApiProblem 507 when the storage is full.
 */
export async function putAll(disk: Disk, files: Readonly<Record<string, Buffer>>): Promise<void> {
  try {
    for (const [key, bytes] of Object.entries(files))
      await disk.put(key, bytes, { contentType: 'image/jpeg' })
  } catch (error) {
    await removeAll(disk, Object.keys(files))
    if (isFull(error))
      throw new ApiProblem(
        'media/no-space',
        'no space is left for photos; the record can be sent without',
      )
    throw error
  }
}

/** Removes files; one that is not there is no matter. */
export async function removeAll(disk: Disk, keys: readonly string[]): Promise<void> {
  for (const key of keys) await disk.delete(key).catch(() => {})
}

function isFull(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (NO_SPACE.has((cause as NodeJS.ErrnoException).code ?? cause.name)) return true
  return false
}

/** The files of one photo, by its storage key: itself and its small form. */
export const filesOf = (key: string): readonly [full: string, thumb: string] => [
  `${key}.jpg`,
  `${key}-thumb.jpg`,
]

/** Where a month's photos of a community lie. */
export const folderOf = (communityId: string, at: Date): string =>
  `${communityId}/${at.toISOString().slice(0, 7)}`
