import type { CollectionId } from '../../features/inventory/contract.ts'
import { windowsOfOsm } from '../opening-hours.ts'
import type { FeatureProfile, Mapping } from '../profile.ts'
import type { SourceRecord } from '../source-file.ts'
import { countOf, numberOf, plainText } from '../values.ts'
import { OSM_STREET_CLASSES } from './berlin-street-names.ts'

type Tags = Readonly<Record<string, unknown>>
type Made = { collection: CollectionId; members: Record<string, unknown> }

/** Streets a vehicle or a market may stand on; paths for walking are not parted into segments here. */
const STREETS = new Set(Object.keys(OSM_STREET_CLASSES))

/** Curb objects by tag, first match wins; names as in the contract. */
const CURB_OBJECTS: readonly (readonly [key: string, value: string | null, kind: string])[] = [
  ['emergency', 'fire_hydrant', 'fire_hydrant'],
  ['highway', 'bus_stop', 'bus_stop'],
  ['highway', 'crossing', 'crossing'],
  ['railway', 'subway_entrance', 'metro_entrance'],
  ['tactile_paving', 'yes', 'tactile_paving'],
  ['barrier', 'bollard', 'bollard'],
  ['natural', 'tree', 'street_trees'],
  ['natural', 'tree_row', 'street_trees'],
  ['man_made', 'manhole', 'manhole'],
  ['amenity', 'parking_entrance', 'driveway'],
  ['entrance', null, 'entrance'],
  ['highway', 'street_lamp', 'other'],
  ['amenity', 'waste_basket', 'other'],
  ['amenity', 'post_box', 'other'],
]

/**
 * OpenStreetMap as GeoJSON, one feature an OSM object: buildings, streets, curb objects, bays and lots by their tags
 * (wiki.openstreetmap.org/wiki/Map_features). `name:zh` before `name` makes the Chinese name.
 */
export const openStreetMap: FeatureProfile = {
  kind: 'features',
  name: 'osm',
  description: 'OpenStreetMap GeoJSON → streets, buildings, bays, lots, curb objects by tags',
  source: 'OpenStreetMap, ODbL 1.0',
  attribution: '© OpenStreetMap contributors, ODbL 1.0',
  recognises: (sample) => sample.length > 0 && sample.every((record) => OSM_ID.test(osmId(record))),
  crs: 'EPSG:4326',
  isSourcePerFile: true,
  map: (record): Mapping => {
    const p = record.properties
    const type = plainText((record.geometry as { type?: unknown } | null)?.type) ?? ''
    const made = asArea(p, type) ?? asStreet(p, type) ?? asBays(p) ?? asCurbObject(p)
    if (!made) return { unused: kindOf(p) }
    const key = osmId(record) || null
    return { ...made, key, external_id: key, members: { ...namesOf(record), ...made.members } }
  },
}

const OSM_ID = /^(node|way|relation)\/\d+$/

const osmId = ({ id, properties: p }: SourceRecord): string =>
  id ?? plainText(p['@id']) ?? plainText(p['id']) ?? ''

function namesOf({ properties: p }: SourceRecord): Record<string, unknown> {
  const plain = plainText(p['name'])
  const chinese =
    plainText(p['name:zh']) ?? plainText(p['name:zh-Hant']) ?? plainText(p['name:zh-Hans'])
  const isLatin = plain !== null && /^[\p{Script=Latin}\p{P}\p{N}\s]+$/u.test(plain)
  return {
    name_zh: chinese ?? (isLatin ? null : plain),
    name_en: plainText(p['name:en']) ?? (isLatin ? plain : null),
  }
}

function asArea(p: Tags, type: string): Made | null {
  if (!type.endsWith('Polygon')) return null
  const building = plainText(p['building'])
  if (building && building !== 'no') {
    // Half floors exist as tags, not in the contract.
    const levels = numberOf(p['building:levels'])
    return { collection: 'buildings', members: { floors: levels && Math.floor(levels) } }
  }
  if (plainText(p['amenity']) === 'parking')
    return { collection: 'lots', members: { capacity: countOf(p['capacity']), ...hoursOf(p) } }
  return null
}

function asStreet(p: Tags, type: string): Made | null {
  const highway = (plainText(p['highway']) ?? '').replace(/_link$/, '')
  if (!type.endsWith('LineString') || !STREETS.has(highway)) return null
  const oneway = plainText(p['oneway'])
  return {
    collection: 'street_segments',
    members: {
      class: OSM_STREET_CLASSES[highway],
      carriageway_width_m: numberOf((plainText(p['width']) ?? '').replace(/\s*m$/, '')),
      oneway: oneway === null ? null : oneway !== 'no',
    },
  }
}

function asBays(p: Tags): Made | null {
  const amenity = plainText(p['amenity'])
  const vehicle = {
    bicycle_parking: 'bicycle',
    bicycle_rental: 'bicycle',
    motorcycle_parking: 'motorcycle',
    parking_space: 'car',
  }[amenity ?? '']
  if (!vehicle) return null
  const covered = plainText(p['covered'])
  return {
    collection: 'bays',
    members: {
      vehicle_classes: [vehicle],
      capacity: countOf(p['capacity']),
      covered: covered === null ? null : covered !== 'no',
      status: 'painted',
      ...hoursOf(p),
    },
  }
}

function asCurbObject(p: Tags): Made | null {
  const found = CURB_OBJECTS.find(([key, value]) => {
    const tag = plainText(p[key])
    return tag !== null && (value === null ? tag !== 'no' : tag === value)
  })
  return (
    (found && {
      collection: 'curb_objects',
      members: { kind: found[2], owner_unit: plainText(p['operator']) },
    }) ??
    null
  )
}

function hoursOf(p: Tags): { windows: unknown } {
  const text = plainText(p['opening_hours'])
  return { windows: text && windowsOfOsm(text) }
}

/** The tag that says best what an object is, for the count of what was not used. */
function kindOf(p: Tags): string {
  const KEYS = ['highway', 'railway', 'amenity', 'shop', 'tourism', 'office', 'building:part']
  const MORE = ['leisure', 'landuse', 'natural', 'barrier', 'boundary', 'place', 'emergency']
  const key = [...KEYS, ...MORE].find((name) => plainText(p[name]) !== null)
  if (key) return `${key}=${plainText(p[key])}`
  return Object.keys(p).some((name) => name.startsWith('addr:')) ? 'address point' : 'other'
}
