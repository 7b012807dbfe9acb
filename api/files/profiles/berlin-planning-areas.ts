import { type FeatureProfile, withProperties } from '../profile.ts'
import { countOf, plainText } from '../values.ts'

/** Berlin's planning areas with residents and registered vehicles (`kfz_lor_planungsraum.geojson`) become grids. */
export const berlinPlanningAreas: FeatureProfile = {
  kind: 'features',
  name: 'berlin-planning-areas',
  description: 'Berlin planning areas with vehicles (kfz_lor_planungsraum.geojson) → grids',
  source: 'Amt für Statistik Berlin-Brandenburg, LOR-Planungsräume und Kfz-Bestand, 30.06.2020',
  attribution: '© Amt für Statistik Berlin-Brandenburg, Potsdam 2020',
  recognises: withProperties('Schlüssel', 'Planungsraum'),
  crs: 'EPSG:4326',
  time_zone: 'Europe/Berlin',
  map: ({ properties: p }) => {
    const code = plainText(p['Schlüssel'])
    if (!code) return { path: 'Schlüssel', message: 'a planning area has its key' }
    return {
      collection: 'grids',
      key: code,
      external_id: `LOR/${code}`,
      members: {
        grid_code: code,
        name_en: plainText(p['Planungsraum']),
        residents: countOf(p['Einwohner insgesamt']),
        resident_vehicles: countOf(p['Kraftfahrzeuge insgesamt']),
      },
    }
  },
}
