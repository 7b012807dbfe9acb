import { call } from '../lib/api.ts'
import type { OpenCase } from './nearby.ts'

/** A case that the phone does not keep, as the server has it; null without network or without the right to see it. */
export async function askForCase(id: string): Promise<OpenCase | null> {
  const view = await call('GET /api/cases/:id', { params: { id } }).catch(() => null)
  if (!view) return null
  const { number, kind_id, step, status, lon, lat, grid_id, due_at, place_name, version } = view
  return { id, number, kind_id, step, status, lon, lat, grid_id, due_at, place_name, version }
}
