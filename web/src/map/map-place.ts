/** A view of the map as the address holds it: `zoom/lat/lon`. */
export interface MapPlace {
  center: [lon: number, lat: number]
  zoom: number
}

/** Reads `16.5/29.655/91.145`; null for anything else. */
export function parsePlace(text: string | null): MapPlace | null {
  const numbers = text?.split('/').map(Number) ?? []
  const [zoom, lat, lon] = numbers
  if (numbers.length !== 3 || zoom === undefined || lat === undefined || lon === undefined)
    return null
  const isPlace = zoom >= 0 && zoom <= 24 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180
  return isPlace ? { center: [lon, lat], zoom } : null
}

/** Six decimals are a tenth of a metre, two of the zoom are beneath what the eye sees. */
export function placeText(center: { lng: number; lat: number }, zoom: number): string {
  return `${Number(zoom.toFixed(2))}/${center.lat.toFixed(6)}/${center.lng.toFixed(6)}`
}
