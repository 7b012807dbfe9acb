import { addProtocol, type LayerSpecification, type StyleSpecification } from 'maplibre-gl'
import { PMTiles, Protocol, TileType } from 'pmtiles'
import { PALETTE } from './palette.ts'
import { FONT } from './style.ts'

const SOURCE = 'pmtiles'

/**
 * A pale style for one PMTiles file: pictures as they are; of vector tiles the layers that the Protomaps and
 * OpenMapTiles schemas name. @throws when the file cannot be read.
 */
export async function pmtilesStyle(url: string): Promise<StyleSpecification> {
  const file = new PMTiles(url)
  const protocol = new Protocol()
  protocol.add(file)
  addProtocol('pmtiles', protocol.tile)
  const header = await file.getHeader()
  const metadata = (await file.getMetadata()) as {
    attribution?: string
    vector_layers?: { id: string }[]
  }
  const common = {
    url: `pmtiles://${url}`,
    ...(metadata.attribution && { attribution: metadata.attribution }),
  }
  if (header.tileType !== TileType.Mvt)
    return {
      version: 8,
      sources: { [SOURCE]: { type: 'raster', tileSize: 256, ...common } },
      layers: [
        {
          id: 'pmtiles-raster',
          type: 'raster',
          source: SOURCE,
          paint: { 'raster-saturation': -0.4, 'raster-opacity': 0.75 },
        },
      ],
    }
  const names = new Set(metadata.vector_layers?.map((layer) => layer.id))
  return {
    version: 8,
    sources: { [SOURCE]: { type: 'vector', ...common } },
    layers: VECTOR_LAYERS.filter(([name]) => names.has(name)).map(
      ([name, layer]) =>
        ({
          id: `pmtiles-${name}`,
          source: SOURCE,
          'source-layer': name,
          ...layer,
        }) as LayerSpecification,
    ),
  }
}

const fill = (color: string) => ({ type: 'fill', paint: { 'fill-color': color } })
const line = (color: string, most: number) => ({
  type: 'line',
  paint: {
    'line-color': color,
    'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 6, 0.5, 18, most],
  },
})
const label = {
  type: 'symbol',
  layout: {
    'text-field': ['coalesce', ['get', 'name:zh'], ['get', 'name']],
    'text-font': FONT,
    'text-size': 12,
  },
  paint: { 'text-color': '#7b776e', 'text-halo-color': PALETTE.halo, 'text-halo-width': 1.2 },
}

const VECTOR_LAYERS: readonly (readonly [string, object])[] = [
  ['earth', fill('#f4f2ed')],
  ['landcover', fill('#eef0e6')],
  ['landuse', fill('#efeee7')],
  ['water', fill('#d6e4ea')],
  ['waterway', line('#d6e4ea', 4)],
  ['buildings', fill('#e9e6df')],
  ['building', fill('#e9e6df')],
  ['roads', line('#ffffff', 14)],
  ['transportation', line('#ffffff', 14)],
  ['boundaries', line('#cbc4b6', 1.5)],
  ['boundary', line('#cbc4b6', 1.5)],
  ['places', label],
  ['place', label],
]
