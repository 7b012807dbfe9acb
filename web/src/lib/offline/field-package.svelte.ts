import type { CaseKind } from '../../../../api/features/case-kinds/contract.ts'
import type { FieldPackage } from '../../../../api/features/patrols/contract.ts'
import { tileAddress } from '../../map/tiles.svelte.ts'
import { community } from '../../state/community.svelte.ts'
import { session } from '../../state/session.svelte.ts'
import { call } from '../api.ts'
import { database } from './field-database.ts'
import { KEPT_ZOOMS } from './kept-reads.ts'
import { keepTiles } from './keep-tiles.ts'
import { tilesOf } from './tile-box.ts'

/** What a day's work needs to know: sides, places, kinds, open cases. From the phone at once, from the server when it can. */
class FieldPackageState {
  package = $state.raw<FieldPackage | null>(null)
  kinds = $state.raw<readonly CaseKind[]>([])
  savedAt = $state<number | null>(null)
  failure = $state.raw<unknown>(null)
  isLoading = $state(false)
  /** Share of the day's tiles on the phone, 0 to 1; null where nobody fetched them. */
  tiles = $state<number | null>(null)
  readonly kindOf = $derived(new Map(this.kinds.map((kind) => [kind.id, kind])))

  /** Opens what the phone keeps, then asks the server. */
  async load(): Promise<void> {
    const key = keyOf()
    const kept = await database.packages.get(key)
    if (key !== keyOf()) return
    this.package = kept?.package ?? null
    this.kinds = kept?.kinds ?? []
    this.savedAt = kept?.saved_at ?? null
    await this.refresh()
  }

  /** Asks the server; what the phone keeps stays where that fails. */
  async refresh(): Promise<void> {
    const key = keyOf()
    const query = { community: community.getSlug() }
    this.isLoading = true
    try {
      // Each is of use without the other: kinds alone are enough to log.
      const [field, kinds] = await Promise.allSettled([
        call('GET /api/field_package', { query }),
        call('GET /api/case_kinds', { query }),
      ])
      if (key !== keyOf()) return
      if (field.status === 'fulfilled') {
        this.package = field.value
        this.savedAt = Date.now()
      }
      if (kinds.status === 'fulfilled') this.kinds = kinds.value.case_kinds
      const refused = [field, kinds].find((one) => one.status === 'rejected')
      this.failure = refused ? (refused.reason as unknown) : null
      await database.packages.put({
        key,
        package: this.package,
        kinds: [...this.kinds],
        saved_at: this.savedAt,
      })
    } catch (error) {
      this.failure = error
    } finally {
      this.isLoading = false
    }
  }

  /** Fetches the map of the person's grids for a day without network. */
  async keepMap(): Promise<void> {
    const box = boxOfGrids(this.package) ?? community.home
    const template = tileAddress.url
    if (!box || !template) return
    this.tiles = 0
    const tiles = tilesOf(box as [number, number, number, number], KEPT_ZOOMS)
    const kept = await keepTiles(template, tiles, (share) => (this.tiles = share * 0.99))
    this.tiles = tiles.length > 0 ? kept / tiles.length : 1
  }
}

export const fieldPackage = new FieldPackageState()

const keyOf = () => `${session.account?.account_id ?? ''} ${community.getSlug()}`

/** The box (west, south, east, north) around the person's own grids; null where there are none. */
function boxOfGrids(field: FieldPackage | null): number[] | null {
  const box = [Infinity, Infinity, -Infinity, -Infinity]
  const grow = (coordinates: unknown): void => {
    const list = coordinates as unknown[]
    if (typeof list[0] !== 'number') return list.forEach(grow)
    const [lon, lat] = list as [number, number]
    box[0] = Math.min(box[0]!, lon)
    box[1] = Math.min(box[1]!, lat)
    box[2] = Math.max(box[2]!, lon)
    box[3] = Math.max(box[3]!, lat)
  }
  for (const { geometry, is_mine } of field?.grids ?? [])
    if (is_mine && 'coordinates' in geometry) grow(geometry.coordinates)
  return box[0] === Infinity ? null : box
}
