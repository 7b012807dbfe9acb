import { v7 as uuidv7 } from 'uuid'
import { database, isQuotaFailure } from './field-database.ts'
import { shrinkPhoto } from './shrink.ts'

/** Why a photo was not kept: the phone is full, or it is no picture. */
export type PhotoRefusal = 'no_room' | 'no_picture'

/** Shrinks a photo and keeps it on the phone; answers its new id. */
export async function keepPhoto(
  file: Blob,
  accountId: string,
): Promise<{ id: string } | { refusal: PhotoRefusal }> {
  let blob: Blob
  try {
    blob = await shrinkPhoto(file)
  } catch {
    return { refusal: 'no_picture' }
  }
  const id = uuidv7()
  try {
    await database.photos.add({ id, account_id: accountId, blob })
    return { id }
  } catch (error) {
    if (isQuotaFailure(error)) return { refusal: 'no_room' }
    throw error
  }
}

export async function dropPhoto(id: string): Promise<void> {
  await database.photos.delete(id)
}

/** The photo for an `<img>`; to be given back with URL.revokeObjectURL. Null once it was sent. */
export async function photoUrl(id: string): Promise<string | null> {
  const photo = await database.photos.get(id)
  return photo ? URL.createObjectURL(photo.blob) : null
}
