import Dexie, { type Table } from 'dexie'

/** What the phone of a resident keeps: a report that is not sent yet, photos and all. */

/** Contents of the form. Coordinates: WGS 84 degrees. */
export interface ReportForm {
  /** Of the case that it becomes: sending it twice stores it once. */
  id: string
  kind_id: string | null
  at: { lon: number; lat: number; accuracy_m: number | null } | null
  description: string
  email: string
  /** When the first try to send it was made; null before. */
  found_at: string | null
}

/** A photo, shrunk already, under the id that it keeps on the server. */
export interface ReportPhoto {
  id: string
  blob: Blob
}

interface Draft {
  /** Slug of the community. */
  community: string
  form: ReportForm
  photos: ReportPhoto[]
}

class ReportDatabase extends Dexie {
  drafts!: Table<Draft, string>

  constructor() {
    super('jiexu-report')
    this.version(1).stores({ drafts: 'community' })
  }
}

export const reportDatabase = new ReportDatabase()
