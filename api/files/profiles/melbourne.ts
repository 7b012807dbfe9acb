import { type FeatureProfile, type ReadingProfile, withProperties } from '../profile.ts'
import { plainText } from '../values.ts'

const ATTRIBUTION = 'City of Melbourne Open Data, CC BY 4.0'

/** Street segments between two corners (`street-segments.geojson`), lines approximated by the MelOPark project. */
export const melbourneSegments: FeatureProfile = {
  kind: 'features',
  name: 'melbourne-segments',
  description: 'Melbourne street segments (street-segments.geojson) → street_segments',
  source: 'City of Melbourne Open Data, road segments; lines approximated by MelOPark; CC BY 4.0',
  attribution: ATTRIBUTION,
  recognises: withProperties('segment_id', 'from_street', 'to_street'),
  crs: 'EPSG:4326',
  time_zone: 'Australia/Melbourne',
  hasParts: true,
  map: ({ properties: p }) => {
    const id = plainText(p['segment_id'])
    if (!id) return { path: 'segment_id', message: 'a segment has its number' }
    return {
      collection: 'street_segments',
      key: id,
      external_id: id,
      members: { name_en: plainText(p['description']) ?? plainText(p['street_name']) },
    }
  },
}

/**
 * Bays as points (`parking-bays.csv`). Only some have a kerbside number, which sensors and rules name; the others are
 * known by their segment and place.
 */
export const melbourneBays: FeatureProfile = {
  kind: 'features',
  name: 'melbourne-bays',
  description: 'Melbourne on-street bays (parking-bays.csv) → bays, joined with street segments',
  source: 'City of Melbourne Open Data, On-street Parking Bays, CC BY 4.0',
  attribution: ATTRIBUTION,
  recognises: withProperties('RoadSegmentID', 'KerbsideID', 'RoadSegmentDescription'),
  crs: 'EPSG:4326',
  time_zone: 'Australia/Melbourne',
  joins: { street_segments: 'RoadSegmentID' },
  map: ({ properties: p }, joins) => {
    const kerbside = plainText(p['KerbsideID'])
    const segment = plainText(p['RoadSegmentID'])
    return {
      collection: 'bays',
      key: kerbside ?? `${segment} ${plainText(p['Latitude'])} ${plainText(p['Longitude'])}`,
      external_id: kerbside,
      members: {
        name_en: plainText(p['RoadSegmentDescription']),
        vehicle_classes: ['car'],
        // One row of the source is one marked space.
        capacity: 1,
        status: 'painted',
        segment_id: joins.find('street_segments', segment),
      },
    }
  },
}

/** Sensor states (`bay-sensors-snapshot.csv`); the instant is that of the last change the sensor saw. */
export const melbourneSensors: ReadingProfile = {
  kind: 'readings',
  name: 'melbourne-sensors',
  description: 'Melbourne bay sensors (bay-sensors-snapshot.csv) → observations, joined with bays',
  source: 'City of Melbourne Open Data, On-street Parking Bay Sensors, CC BY 4.0',
  attribution: ATTRIBUTION,
  recognises: withProperties('kerbside_id', 'status_timestamp', 'status'),
  crs: 'EPSG:4326',
  time_zone: 'Australia/Melbourne',
  joins: { bays: 'kerbside_id' },
  read: ({ properties: p }, joins) => {
    const place = joins.find('bays', plainText(p['kerbside_id']))
    if (!place) return { unused: 'sensor of a bay that is not here' }
    const status = plainText(p['status'])
    const known = new Map([
      ['Present', true],
      ['Absent', false],
      ['Unoccupied', false],
    ])
    return {
      kind: 'sensor',
      method: 'sensor',
      observed_at: plainText(p['status_timestamp']),
      place: { collection: 'bays', id: place },
      occupied: known.get(status ?? '') ?? status,
    }
  },
}
