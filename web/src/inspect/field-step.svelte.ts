import { v7 as uuidv7 } from 'uuid'
import { outbox } from '../lib/offline/outbox.svelte.ts'
import { keepPhoto, type PhotoRefusal } from '../lib/offline/photos.ts'
import { session } from '../state/session.svelte.ts'
import type { OpenCase } from './nearby.ts'

/** What an inspector does to a case of somebody else's. */
export type StepAction = 'note' | 'persuade' | 'put_right'

/** A step while it is written down. */
export class FieldStep {
  note = $state('')
  photos = $state.raw<readonly string[]>([])
  refusal = $state<PhotoRefusal | null>(null)
  readonly hasContent = $derived(this.note.trim() !== '' || this.photos.length > 0)

  /** @param begun what was written already, before it turned out to be about this case. */
  constructor(begun: { note: string; photos: readonly string[] } | null) {
    this.note = begun?.note ?? ''
    this.photos = begun?.photos ?? []
  }

  async addPhoto(file: Blob): Promise<void> {
    const result = await keepPhoto(file, session.account?.account_id ?? '')
    this.refusal = 'refusal' in result ? result.refusal : null
    if ('id' in result) this.photos = [...this.photos, result.id]
  }

  /** Puts the step and its photos into the outbox. A note adds; the others hold only for the case as it was seen. */
  async send(action: StepAction, to: OpenCase): Promise<void> {
    const id = uuidv7()
    const note = this.note.trim()
    const role = action === 'put_right' ? ('after' as const) : ('evidence' as const)
    const label = { kind_id: to.kind_id }
    const media = this.photos.map((photo) => ({
      id: photo,
      work: { kind: 'media' as const, role },
      label,
    }))
    const body = {
      id,
      action,
      at: isoNow(),
      ...(note !== '' && { note }),
      ...(media.length > 0 && { media: media.map((one) => one.id) }),
    }
    const version = action === 'note' || to.version === 0 ? null : to.version
    await outbox.add([
      ...media,
      {
        id,
        label,
        needs: media.map((one) => one.id),
        work: { kind: 'step', case_id: to.id, number: to.number, version, body },
      },
    ])
  }
}

const isoNow = () => new Date().toISOString()
