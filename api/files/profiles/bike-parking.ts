import { type FeatureProfile, withProperties } from '../profile.ts'
import { countOf, plainText } from '../values.ts'

/** Karlsruhe and neighbours (GeoServer layer `fahrradanlagen`). Places are often not known: capacity stays null. */
export const karlsruheBike: FeatureProfile = {
  kind: 'features',
  name: 'karlsruhe-bike',
  description: 'Karlsruhe bicycle parking (karlsruhe_bike.json) → bike bays',
  source: 'Stadt Karlsruhe, Fahrradabstellanlagen, CC BY 4.0',
  attribution: 'Stadt Karlsruhe, CC BY 4.0',
  recognises: withProperties('stadtteil', 'standort', 'stellplaetze'),
  crs: 'EPSG:4326',
  time_zone: 'Europe/Berlin',
  map: ({ id, properties: p }) => {
    const number = plainText(p['id'])
    const key = id ?? (number && `fahrradanlagen.${number}`)
    const kind = plainText(p['art']) ?? ''
    return {
      collection: 'bays',
      key,
      external_id: key,
      members: {
        name_en: joined(plainText(p['standort']), plainText(p['stadtteil'])),
        vehicle_classes: ['bicycle'],
        capacity: countOf(p['stellplaetze']),
        // The source tells covered places and boxes by their kind; the plain kind says nothing of a roof.
        covered: /überdacht|box|station/i.test(kind) ? true : null,
        status: 'painted',
      },
    }
  },
}

/** Herrenberg (`kus_fahrradabst_vorhanden`), with covered places and charging points counted. */
export const herrenbergBike: FeatureProfile = {
  kind: 'features',
  name: 'herrenberg-bike',
  description: 'Herrenberg bicycle parking (herrenberg_bike.json) → bike bays',
  source: 'Stadt Herrenberg, Fahrradabstellanlagen, CC0 1.0',
  attribution: null,
  recognises: withProperties('Standortbeschreibung', 'Anzahl_Abstellmoeglichkeiten'),
  crs: 'EPSG:4326',
  time_zone: 'Europe/Berlin',
  map: ({ id, properties: p }) => {
    const number = plainText(p['fid'])
    const key = id ?? (number && `kus_fahrradabst_vorhanden.${number}`)
    const capacity = countOf(p['Anzahl_Abstellmoeglichkeiten'])
    return {
      collection: 'bays',
      key,
      external_id: key,
      members: {
        name_en: plainText(p['Standortbeschreibung']),
        vehicle_classes: ['bicycle'],
        capacity,
        charging: countOf(p['Anzahl_E_Ladepunkte']),
        covered: isCovered(countOf(p['Davon_Ueberdacht']), capacity),
        status: 'painted',
      },
    }
  },
}

/** Partly covered is neither: null. */
function isCovered(places: number | null, capacity: number | null): boolean | null {
  if (places === 0) return false
  return places !== null && capacity !== null && places >= capacity ? true : null
}

const joined = (...parts: (string | null)[]) => parts.filter(Boolean).join(', ') || null
