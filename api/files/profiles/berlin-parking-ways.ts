import type { Geometry } from 'geojson'
import { windowsOfOsm } from '../opening-hours.ts'
import { type FeatureProfile, withProperties } from '../profile.ts'
import { countOf, plainText } from '../values.ts'

/** OSM says diagonal where the contract says angled. */
const OSM_LAYOUTS: Readonly<Record<string, string>> = {
  parallel: 'parallel',
  perpendicular: 'perpendicular',
  diagonal: 'angled',
}

/** Kerb parking of the Neukölln street-space map (`parking_way.geojson`): lines along the kerb become car bays. */
export const berlinParkingWays: FeatureProfile = {
  kind: 'features',
  name: 'berlin-parking-ways',
  description:
    'Berlin-Neukölln kerb parking lines (parking_way.geojson) → bays, joined with street segments by name',
  source: 'Straßenraumkarte Neukölln, parking_way; OpenStreetMap, ODbL 1.0',
  attribution: '© OpenStreetMap contributors, ODbL 1.0',
  recognises: withProperties('osm-location', 'highway:name', 'condition:other:time'),
  crs: 'EPSG:4326',
  time_zone: 'Europe/Berlin',
  joins: { street_segments: 'highway:name' },
  map: ({ properties: p }, joins, geometry) => {
    const id = plainText(p['id'])
    const external_id = id && `parking_way/${id}`
    const said = plainText(p['osm-location'])
    const street = joins.nearestStreet(plainText(p['highway:name']), geometry as Geometry)
    return {
      collection: 'bays',
      key: external_id,
      external_id,
      members: {
        name_en: plainText(p['highway:name']),
        vehicle_classes: ['car'],
        layout: OSM_LAYOUTS[plainText(p['orientation']) ?? ''] ?? null,
        capacity: countOf(p['capacity']),
        status: 'painted',
        segment_id: street?.segment_id ?? null,
        // The file's own side is seen along the OSM way, which may be drawn against our street.
        side: street?.side ?? (said === 'left' || said === 'right' ? said : null),
        restrictions: restrictionsOf(p),
      },
    }
  },
}

function restrictionsOf(p: Readonly<Record<string, unknown>>): unknown {
  const [other, time] = [plainText(p['condition:other']), plainText(p['condition:other:time'])]
  const condition = plainText(p['condition'])
  const maxstay = plainText(p['maxstay'])
  const rules = [
    ...(other
      ? [{ text: time ? `${other} @ (${time})` : other, windows: time ? windowsOfOsm(time) : null }]
      : []),
    ...(condition && condition !== 'free' ? [{ text: condition, windows: null }] : []),
    ...(maxstay
      ? [{ text: `maxstay ${maxstay}`, windows: null, max_stay_minutes: minutesOf(maxstay) }]
      : []),
  ]
  return rules.length > 0 ? rules : null
}

/** "90 minutes", "1.5 hours"; null where a time of day belongs to it. */
export function minutesOf(text: string): number | null {
  const match = /^([\d.]+)\s*(minute|hour)s?$/.exec(text.trim())
  return match && Math.round(Number(match[1]) * (match[2] === 'hour' ? 60 : 1))
}
