/** The box around any GeoJSON geometry: west, south, east, north. */
export function boxOf(geometry: { coordinates: unknown }): [number, number, number, number] {
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  const widen = (at: unknown): void => {
    if (!Array.isArray(at)) return
    if (typeof at[0] !== 'number') return at.forEach(widen)
    const [lon, lat] = at as [number, number]
    box[0] = Math.min(box[0], lon)
    box[1] = Math.min(box[1], lat)
    box[2] = Math.max(box[2], lon)
    box[3] = Math.max(box[3], lat)
  }
  widen(geometry.coordinates)
  return box
}
