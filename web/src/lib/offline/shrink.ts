import { shrunkSize } from './shrunk-size.ts'

/** Photos are shrunk before they are kept: a phone's camera makes many times more than anybody looks at. */

const QUALITY = 0.82

/** A JPEG of the photo, upright and shrunk, without the camera's notes. @throws for what is no picture. */
export async function shrinkPhoto(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  try {
    const size = shrunkSize(bitmap.width, bitmap.height)
    const canvas = document.createElement('canvas')
    canvas.width = size.width
    canvas.height = size.height
    const context = canvas.getContext('2d')
    if (!context) throw new Error('no canvas to draw the photo on')
    // Transparent parts of a drawing would turn black.
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, size.width, size.height)
    context.drawImage(bitmap, 0, 0, size.width, size.height)
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error('the photo could not be written'))),
        'image/jpeg',
        QUALITY,
      ),
    )
  } finally {
    bitmap.close()
  }
}
