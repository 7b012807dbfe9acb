import type { Geometry } from 'geojson'
import { sql } from 'kysely'
import { asGeoJson } from '../../db/geo-sql.ts'
import type { Engine } from '../../db/connect.ts'
import { asCommunities } from '../../db/tenant.ts'
import { metricFrame } from '../../domain/geometry/metric-frame.ts'
import type { ModelLayer, StreetModel } from '../../model/street-model.ts'
import { type Places, preparePlaces } from './places.ts'

const prepared = new WeakMap<
  ModelLayer,
  { lots: ModelLayer; streets: ModelLayer; places: Places }
>()

/** The places of a street model; prepared once for each version of its bays, lots and streets. */
export function placesOfModel(model: StreetModel): Places {
  const bays = model.layers.get('bays')!
  const lots = model.layers.get('lots')!
  const streets = model.layers.get('street_segments')!
  const known = prepared.get(bays)
  if (known?.lots === lots && known.streets === streets) return known.places
  const places = preparePlaces({
    frame: model.frame,
    bays: featuresOf(bays).map((bay) => ({
      ...bay,
      is_in_use: isInUse(bay.properties['status'] as string),
    })),
    lots: featuresOf(lots),
    street_segments: featuresOf(streets).map((street) => ({
      ...street,
      sides: street.properties['sides'] as { id: string; side: 'left' | 'right' }[],
    })),
  })
  prepared.set(bays, { lots, streets, places })
  return places
}

function featuresOf(layer: ModelLayer) {
  return layer.ids.map((id, i) => ({
    id,
    external_id: layer.properties[i]!['external_id'] as string | null,
    geometry: layer.geometry[i]!,
    properties: layer.properties[i]!,
  }))
}

/** The live places of a community straight from the database: for imports, which have no street model at hand. */
export async function readPlaces(engine: Engine, communityId: string): Promise<Places> {
  return asCommunities(engine.db, [communityId], async (trx) => {
    const bays = await trx
      .selectFrom('bay')
      .select(['id', 'external_id', 'status', asGeoJson('geom').as('geometry_text')])
      .where('community_id', '=', communityId)
      .where('valid_to', 'is', null)
      .execute()
    const lots = await trx
      .selectFrom('lot')
      .select(['id', 'external_id', asGeoJson('geom').as('geometry_text')])
      .where('community_id', '=', communityId)
      .where('valid_to', 'is', null)
      .execute()
    const streets = await trx
      .selectFrom('street_segment as i')
      .select([
        'i.id',
        'i.external_id',
        asGeoJson('i.geom').as('geometry_text'),
        sql<{ id: string; side: 'left' | 'right' }[] | null>`(
          select json_agg(json_build_object('id', s.id, 'side', s.side)) from street_side as s
          where s.community_id = i.community_id and s.segment_id = i.id)`.as('sides'),
      ])
      .where('i.community_id', '=', communityId)
      .where('i.valid_to', 'is', null)
      .execute()
    const shaped = <R extends { geometry_text: string }>(row: R) => ({
      ...row,
      geometry: JSON.parse(row.geometry_text) as Geometry,
    })
    const all = [...bays, ...lots, ...streets].map(shaped)
    return preparePlaces({
      frame: frameOf(all.map(({ geometry }) => geometry)),
      bays: bays.map(shaped).map((bay) => ({ ...bay, is_in_use: isInUse(bay.status) })),
      lots: lots.map(shaped),
      street_segments: streets.map(shaped).map((s) => ({ ...s, sides: s.sides ?? [] })),
    })
  })
}

/** Drafts are not on the street yet and retired bays no longer: neither holds a vehicle. */
const isInUse = (status: string) => status === 'approved' || status === 'painted'

function frameOf(geometries: readonly Geometry[]) {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  const visit = (value: unknown) => {
    if (!Array.isArray(value)) return
    if (typeof value[0] !== 'number') return value.forEach(visit)
    const [lon, lat] = value as [number, number]
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  for (const geometry of geometries) if ('coordinates' in geometry) visit(geometry.coordinates)
  return west <= east ? metricFrame((west + east) / 2, (south + north) / 2) : metricFrame(0, 0)
}
