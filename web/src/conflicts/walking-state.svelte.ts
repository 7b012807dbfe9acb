import type { FeatureCollection } from 'geojson'
import type { ClearPathReply } from '../../../api/features/clear-path/contract.ts'
import type { InventoryFeature } from '../../../api/features/inventory/contract.ts'
import { allItems, call } from '../lib/api.ts'
import { nameOf } from '../lib/text/text.svelte.ts'
import { directionOf, type Direction } from '../parts/side-names.ts'
import { community } from '../state/community.svelte.ts'
import { route } from '../state/route.svelte.ts'
import { conflicts } from './conflicts-state.svelte.ts'

/** A side that can be chosen: its street's name, and where it lies by the compass. */
export interface WalkedSide {
  key: string
  segment_id: string
  side: 'left' | 'right'
  street: string
  direction: Direction
}
type Profile = Pick<ClearPathReply, 'pieces' | 'least' | 'share_under_1_5' | 'share_under_2'>

/** How wide the way is: under 1.5 m, under 2 m, or enough. */
export const widthColour = (width_m: number): string =>
  width_m < 1.5 ? '#b5304a' : width_m < 2 ? '#c77700' : '#2f7d5b'

/** The clear walking path of one side, at the hour of the address or now. */
class WalkingState {
  sides = $state.raw<WalkedSide[] | null>(null)
  reply = $state.raw<ClearPathReply | null>(null)
  failure = $state.raw<unknown>(null)
  #asked = 0

  readonly chosen = $derived(this.sides?.find(({ key }) => key === route.get('walk')) ?? null)
  /** Of the week; null is now. */
  readonly hour = $derived.by(() => {
    const { day, hour } = conflicts.filter
    return day === null || hour === null ? null : { day, hour }
  })
  /** The profile of the hour: the narrowest that the hour has. */
  readonly profile = $derived.by((): Profile | null => {
    const { reply, hour } = this
    if (!reply || reply.length_m === null) return null
    if (!hour || !reply.week) return reply
    const from = hour.day * 1440 + hour.hour * 60
    const { stretches, states } = reply.week
    return stretches
      .filter((one) => one.from_minute < from + 60 && one.to_minute > from)
      .map(({ state }) => states[state]!)
      .reduce((worst, one) =>
        (one.least?.width_m ?? Infinity) < (worst.least?.width_m ?? Infinity) ? one : worst,
      )
  })
  readonly isPassable = $derived.by((): boolean | null => {
    const { reply, hour } = this
    if (!reply?.wheelchair) return null
    return hour && reply.week
      ? reply.week.is_passable[hour.day]![hour.hour]!
      : reply.wheelchair.is_passable
  })
  /** The ribbon on the map. */
  readonly ribbon = $derived.by((): FeatureCollection => ({
    type: 'FeatureCollection',
    features: (this.profile?.pieces ?? [])
      .filter(({ from_m, to_m }) => to_m > from_m)
      .map((piece) => ({
        type: 'Feature',
        properties: { colour: widthColour(Math.min(piece.from_width_m, piece.to_width_m)) },
        geometry: piece.line as never,
      })),
  }))

  choose(key: string): void {
    route.set({ walk: key })
  }

  /** Reads which sides there are. */
  async loadSides(): Promise<void> {
    const slug = community.getSlug()
    try {
      const segments = await allItems('street_segments', { community: slug })
      if (slug !== community.current?.slug) return
      this.sides = segments
        .flatMap(sidesOf)
        .sort((a, b) => a.street.localeCompare(b.street, 'zh-CN', { numeric: true }))
    } catch (error) {
      this.failure = error
    }
  }

  /** Asks how wide the chosen side is through the week; the last question asked wins. */
  async load(): Promise<void> {
    const { chosen } = this
    const asked = ++this.#asked
    if (!chosen) {
      this.reply = null
      return
    }
    try {
      const reply = await call('GET /api/street_segments/:id/clear_path', {
        params: { id: chosen.segment_id },
        query: { community: community.getSlug(), side: chosen.side, hours: 'week' },
      })
      if (asked !== this.#asked) return
      this.reply = reply
      this.failure = null
    } catch (error) {
      if (asked === this.#asked) this.failure = error
    }
  }
}

export const walking = new WalkingState()

function sidesOf({ id, geometry, properties }: InventoryFeature<'street_segments'>): WalkedSide[] {
  if (geometry.type !== 'LineString') return []
  const centreline = geometry.coordinates as [number, number][]
  return (properties.sides ?? []).map(({ side }) => ({
    key: `${id}:${side}`,
    segment_id: id,
    side,
    street: nameOf(properties, properties.external_id ?? id.slice(0, 8)),
    direction: directionOf({ side, centreline }),
  }))
}
