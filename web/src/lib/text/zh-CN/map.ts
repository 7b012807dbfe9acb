/** The map, its legend and switches, details, and the overview page. */
export const map = {
  'map.canvas': '地图',
}
