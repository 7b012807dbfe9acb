import type { StyleSpecification } from 'maplibre-gl'

const ATTRIBUTION = '© 国家地理信息公共服务平台 天地图'
const HOSTS = ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7']

/** Tianditu's vector map and its Chinese names (CGCS2000, which is WGS 84 to within a metre), a little paler. */
export function tiandituStyle(token: string): StyleSpecification {
  const source = (layer: 'vec' | 'cva') => ({
    type: 'raster' as const,
    tiles: HOSTS.map(
      (host) =>
        `https://${host}.tianditu.gov.cn/${layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${layer}` +
        `&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${encodeURIComponent(token)}`,
    ),
    tileSize: 256,
    maxzoom: 18,
    attribution: ATTRIBUTION,
  })
  const paint = { 'raster-saturation': -0.4, 'raster-opacity': 0.75 }
  return {
    version: 8,
    sources: { 'tianditu-vec': source('vec'), 'tianditu-cva': source('cva') },
    layers: [
      { id: 'tianditu-vec', type: 'raster', source: 'tianditu-vec', paint },
      { id: 'tianditu-cva', type: 'raster', source: 'tianditu-cva', paint },
    ],
  }
}
