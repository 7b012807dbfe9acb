import { type FeatureProfile, withProperties } from '../profile.ts'
import { countOf, plainText } from '../values.ts'
import { minutesOf } from './berlin-parking-ways.ts'

const COVERED = new Set(['garage', 'garages', 'underground', 'carport', 'multi-storey', 'level'])

/** Off-street parking of the Neukölln street-space map (`parking_area.geojson`): areas become car bays. */
export const berlinParkingAreas: FeatureProfile = {
  kind: 'features',
  name: 'berlin-parking-areas',
  description: 'Berlin-Neukölln off-street parking areas (parking_area.geojson) → bays',
  source: 'Straßenraumkarte Neukölln, parking_area; OpenStreetMap, ODbL 1.0',
  attribution: '© OpenStreetMap contributors, ODbL 1.0',
  recognises: withProperties('parking', 'area:levels', 'source:capacity'),
  crs: 'EPSG:4326',
  time_zone: 'Europe/Berlin',
  map: ({ properties: p }) => {
    const id = plainText(p['id'])
    const external_id = id && `parking_area/${id}`
    const kind = plainText(p['parking'])
    const maxstay = plainText(p['maxstay'])
    return {
      collection: 'bays',
      key: external_id,
      external_id,
      members: {
        vehicle_classes: ['car'],
        capacity: countOf(p['capacity']),
        covered: kind && COVERED.has(kind),
        status: plainText(p['status']) === 'disused' ? 'retired' : 'painted',
        restrictions: maxstay && [
          { text: `maxstay ${maxstay}`, windows: null, max_stay_minutes: minutesOf(maxstay) },
        ],
      },
    }
  },
}
