import { FileRefusal } from './refusal.ts'

/** Degrees `[west, south, east, north]`. */
export type Box = readonly [west: number, south: number, east: number, north: number]

/** A coordinate system that files come in. */
export interface Crs {
  /** As reports and `--crs` write it. */
  name: string
  unit: 'degree' | 'metre'
  /** `shift`: one of China's shifted systems, undone by formula; `proj`: a projection by PROJ text; `none`: WGS 84. */
  how: { kind: 'none' } | { kind: 'proj'; text: string } | { kind: 'shift'; name: 'GCJ02' | 'BD09' }
  /** Where it is used, with a margin: coordinates that come out elsewhere were not in it. */
  area: Box
}

const WORLD: Box = [-180, -90, 180, 90]
/** Mainland China and its waters: outside it GCJ-02 and BD-09 are not shifted and nobody uses them. */
const CHINA: Box = [72, 3, 136, 54.5]
/** Beyond its zone a transverse Mercator is still exact for some degrees, and neighbouring towns use it. */
const ZONE_MARGIN = 2

const degrees = (name: string, area: Box = WORLD): Crs => ({
  name,
  unit: 'degree',
  how: { kind: 'none' },
  area,
})

const metres = (name: string, text: string, area: Box): Crs => ({
  name,
  unit: 'metre',
  how: { kind: 'proj', text: `${text} +units=m +no_defs +type=crs` },
  area,
})

const aroundMeridian = (lon: number, halfWidth: number, south: number, north: number): Box => [
  Math.max(-180, lon - halfWidth - ZONE_MARGIN),
  south,
  Math.min(180, lon + halfWidth + ZONE_MARGIN),
  north,
]

const utm = (name: string, zone: number, isSouth: boolean, ellipsoid: string, area?: Box): Crs =>
  metres(
    name,
    `+proj=utm +zone=${zone}${isSouth ? ' +south' : ''} +ellps=${ellipsoid}`,
    area ?? aroundMeridian(zone * 6 - 183, 3, isSouth ? -81 : -1, isSouth ? 1 : 85),
  )

/** CGCS2000 Gauss-Krüger: metres east from a false origin of 500 km, with the zone number in front where it has one. */
const gaussKrueger = (name: string, meridian: number, zone: number | null, width: 3 | 6): Crs =>
  metres(
    name,
    `+proj=tmerc +lat_0=0 +lon_0=${meridian} +k=1 +x_0=${(zone ?? 0) * 1_000_000 + 500_000} +y_0=0 +ellps=GRS80`,
    aroundMeridian(meridian, width / 2, 3, 55),
  )

/**
 * The coordinate system of an EPSG code (geographic 4326, 4490, 4258; 3857; UTM on WGS 84 and ETRS89; CGCS2000
 * Gauss-Krüger in 6 and 3 degree zones), of `CRS84`, `GCJ-02` or `BD-09`; also as a URN or URL. Coordinates are
 * easting before northing, longitude before latitude, whatever the register says of the axes: so GeoJSON has them.
 * @throws FileRefusal for any other name.
 */
export function crsOf(name: string): Crs {
  const plain = name.trim().toUpperCase()
  if (/^(GCJ-?_?0?2)$/.test(plain))
    return { name: 'GCJ-02', unit: 'degree', how: { kind: 'shift', name: 'GCJ02' }, area: CHINA }
  if (/^(BD-?_?0?9(LL)?)$/.test(plain))
    return { name: 'BD-09', unit: 'degree', how: { kind: 'shift', name: 'BD09' }, area: CHINA }
  if (/(^|[:/])(CRS:?84H?)$|^WGS-?_? ?84$/.test(plain)) return degrees('CRS84')
  const code = Number(/(?:^|EPSG.*[:/])(\d{4,6})$/.exec(plain)?.[1] ?? NaN)
  const found = byCode(code, `EPSG:${code}`)
  if (!found)
    throw new FileRefusal(
      `the coordinate system ${JSON.stringify(name)} is not known here; give --crs with one of ${KNOWN}`,
    )
  return found
}

const KNOWN =
  'EPSG:4326, EPSG:4490, EPSG:4258, EPSG:3857, EPSG:32601–32660 and 32701–32760 (UTM), EPSG:25828–25838 (ETRS89 UTM), EPSG:4491–4554 (CGCS2000 Gauss-Krüger), GCJ-02, BD-09'

function byCode(code: number, name: string): Crs | null {
  const within = (first: number, last: number) => code >= first && code <= last
  if (code === 4326) return degrees(name)
  // Both lie within a metre of WGS 84: less than any bay is surveyed to.
  if (code === 4490) return degrees(name, [70, 0, 138, 56])
  if (code === 4258) return degrees(name, [-32, 25, 50, 85])
  if (code === 3857)
    return metres(
      name,
      '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +nadgrids=@null',
      [-180, -85.1, 180, 85.1],
    )
  if (within(32601, 32660)) return utm(name, code - 32600, false, 'WGS84')
  if (within(32701, 32760)) return utm(name, code - 32700, true, 'WGS84')
  if (within(25828, 25838))
    return utm(
      name,
      code - 25800,
      false,
      'GRS80',
      aroundMeridian((code - 25800) * 6 - 183, 3, 25, 85),
    )
  if (within(4491, 4501)) return gaussKrueger(name, 75 + (code - 4491) * 6, 13 + code - 4491, 6)
  if (within(4502, 4512)) return gaussKrueger(name, 75 + (code - 4502) * 6, null, 6)
  if (within(4513, 4533)) return gaussKrueger(name, 75 + (code - 4513) * 3, 25 + code - 4513, 3)
  if (within(4534, 4554)) return gaussKrueger(name, 75 + (code - 4534) * 3, null, 3)
  return null
}
