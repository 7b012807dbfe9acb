import { type FeatureProfile, withProperties } from '../profile.ts'
import { plainText } from '../values.ts'

/** OSM's road classes in the contract's words; ways for walking and cycling have none. */
export const OSM_STREET_CLASSES: Readonly<Record<string, string>> = {
  trunk: 'primary',
  primary: 'primary',
  secondary: 'secondary',
  tertiary: 'tertiary',
  unclassified: 'residential',
  residential: 'residential',
  living_street: 'residential',
  service: 'service',
  pedestrian: 'alley',
}

/** Named street lines of the Neukölln street-space map (`street_names.geojson`); they have no ids of their own. */
export const berlinStreetNames: FeatureProfile = {
  kind: 'features',
  name: 'berlin-street-names',
  description: 'Berlin-Neukölln named street lines (street_names.geojson) → street_segments',
  source: 'Straßenraumkarte Neukölln, street_names; OpenStreetMap, ODbL 1.0',
  attribution: '© OpenStreetMap contributors, ODbL 1.0',
  recognises: withProperties('bicycle_road', 'highway', 'name'),
  crs: 'EPSG:4326',
  time_zone: 'Europe/Berlin',
  map: ({ properties: p }) => ({
    collection: 'street_segments',
    key: null,
    external_id: null,
    members: {
      name_en: plainText(p['name']),
      class: OSM_STREET_CLASSES[(plainText(p['highway']) ?? '').replace(/_link$/, '')] ?? null,
    },
  }),
}
