import { v7 as uuidv7 } from 'uuid'
import type { Static } from 'typebox'
import type { SubjectHistory } from '../../../api/features/cases/contract.ts'
import { ApiFailure, call } from '../lib/api.ts'
import { database } from '../lib/offline/field-database.ts'
import { fieldPackage } from '../lib/offline/field-package.svelte.ts'
import { caseOf, emptyForm, formOf, type LogForm, missingIn } from '../lib/offline/log-form.ts'
import { outbox } from '../lib/offline/outbox.svelte.ts'
import { dropPhoto, keepPhoto, type PhotoRefusal } from '../lib/offline/photos.ts'
import { community } from '../state/community.svelte.ts'
import { session } from '../state/session.svelte.ts'
import { inspect } from './inspect-state.svelte.ts'
import { withUse } from './kind-groups.ts'
import { alreadyReported, guessPlace, type Near, type OpenCase } from './nearby.ts'
import { patrol } from './patrol.svelte.ts'

const RECENT = 'jiexu.kinds'

/** The record that is being written; kept on the phone with every change. */
class LogState {
  form = $state<LogForm>(emptyForm(uuidv7(), Date.now()))
  recent = $state.raw<readonly string[]>(readRecent())
  /** `unknown` where nobody could be asked. */
  history = $state.raw<Static<typeof SubjectHistory> | 'unknown' | null>(null)
  photoRefusal = $state<PhotoRefusal | null>(null)
  isSaving = $state(false)
  isMending = $state(false)
  /** An open case that was chosen instead of a new one, with what was written already. */
  followed = $state.raw<{ it: OpenCase; note: string; photos: readonly string[] } | null>(null)
  /** The draft or the report that the form holds. */
  #opened: string | null = null
  #online = $state.raw<readonly Near<OpenCase>[]>([])
  readonly kind = $derived(fieldPackage.kindOf.get(this.form.kind_id ?? '') ?? null)
  /** A full phone keeps the record and refuses the photo: the record can go without it. */
  readonly missing = $derived(
    missingIn(this.form, this.kind).filter(
      (one) => one !== 'photos' || this.photoRefusal !== 'no_room',
    ),
  )
  /** Open cases that this may be about; those the phone knows, and those the server knows besides. */
  readonly near = $derived.by(() => {
    const { position } = this.form
    const field = fieldPackage.package
    if (!this.kind || !position || !field) return []
    const known = alreadyReported(field.open_cases, this.kind, position.lon, position.lat)
    const ids = new Set(known.map(({ it }) => it.id))
    return [...known, ...this.#online.filter(({ it }) => !ids.has(it.id))]
  })

  /** Opens a report that the server did not take, to mend it under its id; without one goes on with the draft. */
  async load(mendedId: string | null): Promise<void> {
    // Coming back from the map: the form is as it was, and newer than what was written down.
    const key = mendedId ?? draftKey()
    if (key === this.#opened) return
    this.#opened = key
    const item = mendedId ? await database.outbox.where('id').equals(mendedId).first() : undefined
    this.isMending = item?.work.kind === 'case'
    this.#clear()
    if (item?.work.kind === 'case') this.form = formOf(item.work.body)
    else this.form = (await database.drafts.get(draftKey()))?.form ?? this.form
    if (!this.form.position) this.#placeHere()
  }

  /** Begins anew; the photos of what is given up go. */
  async reset(): Promise<void> {
    const { photos } = this.form
    this.#clear()
    await database.drafts.delete(draftKey())
    await Promise.all(photos.map(dropPhoto))
  }

  /** Writes the draft down. A report that is mended lies in the outbox as it was. */
  async keep(form: LogForm): Promise<void> {
    if (this.isMending) return
    await database.drafts.put({ key: draftKey(), form }).catch(() => undefined)
  }

  /** Gives words and photos over to the case that they are about; the draft ends with that. */
  async follow(it: OpenCase): Promise<void> {
    this.followed = { it, note: this.form.description, photos: [...this.form.photos] }
    this.#clear()
    await database.drafts.delete(draftKey())
  }

  choose(kindId: string): void {
    this.form.kind_id = kindId
    this.form.outcome = this.kind?.outcomes[0] ?? null
    if (!this.form.position) this.#placeHere()
    void this.askNear()
  }

  /** Puts the record to a place; the side and the bay or shop follow from it. */
  placeAt(at: { lon: number; lat: number; accuracy_m: number | null }, isByHand: boolean): void {
    this.form.position = at
    this.form.is_placed = isByHand
    const field = fieldPackage.package
    const guess = field ? guessPlace(field, at.lon, at.lat) : { side: null, place: null }
    this.form.segment_id = guess.side?.segment_id ?? null
    this.form.side = guess.side?.side ?? null
    this.form.place = guess.place ? { kind: guess.place.kind, id: guess.place.id } : null
    this.form.merchant_id = guess.place?.merchant_id ?? null
    void this.askNear()
  }

  async addPhoto(file: Blob): Promise<void> {
    const result = await keepPhoto(file, session.account?.account_id ?? '')
    if ('refusal' in result) this.photoRefusal = result.refusal
    else {
      this.photoRefusal = null
      this.form.photos = [...this.form.photos, result.id]
    }
  }

  async removePhoto(id: string): Promise<void> {
    this.form.photos = this.form.photos.filter((other) => other !== id)
    await dropPhoto(id)
  }

  /** How often before: only the server knows plates, and only by their hash. */
  async lookUp(): Promise<void> {
    const plate = this.form.plate.trim()
    this.history = null
    if (plate.length < 4 || !this.kind) return
    const kindId = this.kind.id
    try {
      const history = await call('POST /api/subjects/lookup', {
        query: { community: community.getSlug() },
        body: { kind_id: kindId, plate },
      })
      if (plate !== this.form.plate.trim()) return
      this.history = history
      if (history.suggested[0]) this.form.outcome = history.suggested[0]
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error
      this.history = 'unknown'
    }
  }

  /** Puts the record and its photos into the outbox, and begins the next. */
  async save(): Promise<void> {
    const { kind } = this
    if (!kind || this.missing.length > 0) return
    this.isSaving = true
    try {
      const form = $state.snapshot<LogForm>(this.form)
      const label = { kind_id: kind.id }
      const media = form.photos.map((id) => ({
        id,
        work: { kind: 'media' as const, role: 'evidence' as const },
        label,
      }))
      const unsent = await withoutSent(media)
      const report = { id: form.id, work: { kind: 'case' as const, body: caseOf(form, kind) } }
      await outbox.add(
        [...unsent, { ...report, needs: unsent.map(({ id }) => id), label }],
        async () => {
          if (this.isMending) return
          await database.drafts.delete(draftKey())
          await patrol.countCase()
        },
      )
      this.recent = withUse(this.recent, kind.id)
      localStorage.setItem(RECENT, JSON.stringify(this.recent))
      this.#clear()
    } finally {
      this.isSaving = false
    }
  }

  /** Asks the server for cases that the phone does not know yet; without network the phone's own must do. */
  async askNear(): Promise<void> {
    this.#online = []
    const { kind_id: kindId, position } = this.form
    if (!kindId || !position) return
    const query = { community: community.getSlug(), kind_id: kindId }
    const { lon, lat } = position
    const reply = await call('GET /api/cases/near', { query: { ...query, lon, lat } }).catch(
      () => null,
    )
    if (this.form.kind_id !== kindId) return
    this.#online = (reply?.near ?? []).map(({ id, number, step, distance_m }) => ({
      distance_m,
      it: {
        id,
        number,
        step,
        kind_id: kindId,
        status: 'open',
        lon,
        lat,
        grid_id: null,
        due_at: null,
        place_name: null,
        version: 0,
      },
    }))
  }

  #placeHere(): void {
    if (inspect.here) this.placeAt(inspect.here, false)
  }

  #clear(): void {
    this.form = emptyForm(uuidv7(), Date.now())
    this.history = null
    this.photoRefusal = null
    this.#online = []
  }
}

export const log = new LogState()

const draftKey = () => `${session.account?.account_id ?? ''} ${community.getSlug()}`

/** Photos that are on the phone still: a mended report may have sent some of its own before. */
async function withoutSent<T extends { id: string }>(media: readonly T[]): Promise<T[]> {
  const kept = await database.photos.bulkGet(media.map(({ id }) => id))
  return media.filter((_, index) => kept[index] !== undefined)
}

function readRecent(): string[] {
  try {
    const list = JSON.parse(localStorage.getItem(RECENT) ?? '[]') as unknown
    return Array.isArray(list) ? list.filter((id) => typeof id === 'string') : []
  } catch {
    return []
  }
}
