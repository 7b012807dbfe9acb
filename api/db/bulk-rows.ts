/** A value as PostgreSQL reads it from text; objects become JSON, arrays of text `{…}`. */
export type BulkValue = string | number | boolean | null | Date | object

export type BulkRow = readonly BulkValue[]

/** Column names with their types, for example `{ id: 'uuid', counted: 'int4' }`. */
export type BulkColumns = Readonly<Record<string, string>>
