/** A file that cannot be taken as it is; the message says what to do about it. Nothing was stored. */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal'
}
