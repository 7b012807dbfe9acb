import type { CaseKind } from '../../../../api/features/case-kinds/contract.ts'
import type { NewCase } from '../../../../api/features/cases/contract.ts'

/** A record while somebody writes it down; plain data, so that it can be kept on the phone. Pure. */
export interface LogForm {
  /** Of the case that it becomes. */
  id: string
  kind_id: string | null
  /** Epoch milliseconds of the moment at which writing began. */
  found_at: number
  position: { lon: number; lat: number; accuracy_m: number | null } | null
  /** Whether the person put the place there by hand; then no new position moves it. */
  is_placed: boolean
  segment_id: string | null
  side: 'left' | 'right' | null
  place: NonNullable<NewCase['place']> | null
  merchant_id: string | null
  outcome: NewCase['outcome'] | null
  severity: NewCase['severity'] | null
  plate: string
  description: string
  /** Ids of photos kept on the phone. */
  photos: string[]
}

export function emptyForm(id: string, now: number): LogForm {
  return {
    id,
    kind_id: null,
    found_at: now,
    position: null,
    is_placed: false,
    segment_id: null,
    side: null,
    place: null,
    merchant_id: null,
    outcome: null,
    severity: null,
    plate: '',
    description: '',
    photos: [],
  }
}

export type Missing = 'kind' | 'position' | 'photos' | 'description' | 'subject' | 'severity'

/** What the kind asks for and the form does not have yet, in the order in which it stands in the form. */
export function missingIn(form: LogForm, kind: CaseKind | null): Missing[] {
  if (!kind) return ['kind']
  const { fields = [], photos = 0 } = kind.required
  const missing: Missing[] = []
  if (!form.position) missing.push('position')
  if (form.photos.length < photos) missing.push('photos')
  if (kind.is_hazard && !form.severity) missing.push('severity')
  else if (fields.includes('severity') && !form.severity) missing.push('severity')
  if (fields.includes('subject') && form.plate.trim() === '' && !form.merchant_id)
    missing.push('subject')
  if (fields.includes('description') && form.description.trim() === '') missing.push('description')
  return missing
}

/** The report as it is sent. @throws without a kind or a position. */
export function caseOf(form: LogForm, kind: CaseKind): NewCase {
  if (!form.position) throw new Error('a record needs a position')
  const { lon, lat, accuracy_m } = form.position
  const description = form.description.trim()
  const plate = form.plate.trim()
  return {
    id: form.id,
    kind_id: kind.id,
    lon,
    lat,
    found_at: new Date(form.found_at).toISOString(),
    ...(accuracy_m !== null && { accuracy_m: Math.round(accuracy_m * 10) / 10 }),
    ...(description !== '' && { description }),
    ...(form.severity && { severity: form.severity }),
    ...(form.outcome && { outcome: form.outcome }),
    ...(kind.subject === 'vehicle' && plate !== '' && { subject: { plate } }),
    ...(kind.subject === 'merchant' &&
      form.merchant_id && { subject: { merchant_id: form.merchant_id } }),
    ...(form.segment_id && form.side && { segment_id: form.segment_id, side: form.side }),
    ...(form.place && { place: form.place }),
    ...(form.photos.length > 0 && { media: form.photos }),
  }
}

/** A form to mend a report that the server did not take. */
export function formOf(body: NewCase): LogForm {
  return {
    ...emptyForm(body.id, Date.parse(body.found_at)),
    kind_id: body.kind_id,
    position: { lon: body.lon, lat: body.lat, accuracy_m: body.accuracy_m ?? null },
    is_placed: true,
    segment_id: body.segment_id ?? null,
    side: body.side ?? null,
    place: body.place ?? null,
    merchant_id: body.subject?.merchant_id ?? null,
    outcome: body.outcome ?? null,
    severity: body.severity ?? null,
    plate: body.subject?.plate ?? '',
    description: body.description ?? '',
    photos: body.media ?? [],
  }
}
