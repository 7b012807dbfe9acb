import { call, putMedia } from '../api.ts'
import { database } from './field-database.ts'
import type { QueueItem } from './queue.ts'

/** What the server answered to an item that it took; `case_id` and `number` of a case. */
export interface Taken {
  number: string | null
}

/** A list endpoint takes the request and refuses the one thing in it. */
export class ItemRefused extends Error {}

/** Sends one item as it is. @throws ApiFailure or ItemRefused */
export async function sendItem({ id, community, work }: QueueItem): Promise<Taken> {
  const query = { community }
  switch (work.kind) {
    case 'patrol':
      await call('POST /api/patrols', { query, body: work.body })
      return { number: null }
    case 'media': {
      const photo = await database.photos.get(id)
      // Without its bytes there is nothing to send; the record goes without it.
      if (photo) await putMedia(id, photo.blob, work.role, query)
      return { number: null }
    }
    case 'case':
      return { number: (await call('POST /api/cases', { query, body: work.body })).number }
    case 'step': {
      const input = { query, params: { id: work.case_id }, body: work.body }
      const ifMatch = work.version === null ? {} : { ifMatch: `"${work.version}"` }
      await call('POST /api/cases/:id/steps', { ...input, ...ifMatch })
      return { number: work.number }
    }
    case 'pass':
      refuseRefused(await call('POST /api/passes', { query, body: [work.body] }))
      return { number: null }
    case 'observation':
      refuseRefused(await call('POST /api/observations', { query, body: [work.body] }))
      return { number: null }
    case 'patrol_end': {
      const points = await database.track.where('patrol_id').equals(work.patrol_id).sortBy('at')
      const track = points.map(
        ({ lon, lat, accuracy_m, at }) =>
          [lon, lat, accuracy_m, at] as [number, number, number, number],
      )
      const body = { ended_at: work.ended_at, track }
      await call('PATCH /api/patrols/:id', { query, params: { id: work.patrol_id }, body })
      return { number: null }
    }
  }
}

function refuseRefused(report: { refused: readonly { path: string; message: string }[] }): void {
  const [first] = report.refused
  if (first) throw new ItemRefused(`${first.path}: ${first.message}`)
}
