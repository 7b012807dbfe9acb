import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import t from 'tap'
import { buildApp } from '../../api/app.ts'
import { startApp, TEST_SETTINGS } from '../fixtures/app.ts'
import { drawnFeatures, mapDrawn, openBrowser, openPage } from '../fixtures/browser.ts'
import { pmtilesFile } from '../fixtures/pmtiles.ts'

/** What a browser knows and Node does not: for the function below that runs inside the page. */
declare const document: {
  querySelector(selector: '.map'): {
    map: { getLayer(id: string): unknown; getLayoutProperty(id: string, name: string): unknown }
  }
}

const { app, engine, feed, models } = await startApp(t)
const browser = await openBrowser(t)

/** The two tiles of zoom 14 in which the sample lies. */
const AROUND = [
  { z: 14, x: 12339, y: 6777 },
  { z: 14, x: 12340, y: 6777 },
]
const tiles = await Promise.all(
  AROUND.map(async ({ z, x, y }) => {
    const reply = await app.inject(`/api/tiles/buildings/${z}/${x}/${y}.mvt?community=tongjian`)
    return { z, x, y, data: new Uint8Array(reply.rawPayload) }
  }),
)
const FILES: Readonly<Record<string, { type: string; body: Buffer }>> = {
  '/ground.pmtiles': {
    type: 'application/octet-stream',
    body: pmtilesFile(tiles, {
      attribution: '© 试验底图',
      vector_layers: [{ id: 'buildings', fields: {} }],
    }),
  },
  '/styles/pale.json': {
    type: 'application/json',
    body: Buffer.from(
      JSON.stringify({
        version: 8,
        sources: {
          // Relative to the style's own address, as many styles name their tiles.
          ground: {
            type: 'raster',
            tiles: ['../tiles/{z}/{x}/{y}.png'],
            tileSize: 256,
            attribution: '© 试验样式',
          },
        },
        layers: [{ id: 'ground', type: 'raster', source: 'ground' }],
      }),
    ),
  },
}
const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#e9e6df' } })
  .png()
  .toBuffer()

/** Somebody else's server: another origin, which gives parts of files to whoever asks for a range. */
const asked: string[] = []
const elsewhere = createServer((request: IncomingMessage, response: ServerResponse) => {
  const path = request.url!
  asked.push(path)
  const file = path.startsWith('/tiles/') ? { type: 'image/png', body: picture } : FILES[path]
  const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'range' }
  if (!file) return response.writeHead(404, headers).end()
  const { type, body } = file
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
  if (from === undefined)
    return response.writeHead(200, { ...headers, 'content-type': type }).end(body)
  const part = body.subarray(Number(from), Number(to) + 1)
  return response
    .writeHead(206, {
      ...headers,
      'content-type': type,
      'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${body.length}`,
    })
    .end(part)
})
await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
t.teardown(() => elsewhere.close())
const { port } = elsewhere.address() as AddressInfo

/** The page of a service that is set to a map from outside, once its own map is drawn. */
async function withBackground(path: string) {
  const settings = { ...TEST_SETTINGS, basemapStyle: `http://127.0.0.1:${port}${path}` }
  const service = await buildApp({ engine, feed, models, settings, isReady: () => true })
  t.teardown(() => service.close())
  const url = await service.listen({ host: '127.0.0.1', port: 0 })
  const opened = await openPage(browser, { url: `${url}/?map=16/29.6537/91.1437` })
  await mapDrawn(opened.page)
  return opened
}

const visibility = (page: Page, layer: string) =>
  page.evaluate((layer) => {
    const { map } = document.querySelector('.map')
    return map.getLayer(layer) ? (map.getLayoutProperty(layer, 'visibility') ?? 'visible') : 'none'
  }, layer)

t.test(
  'a style from outside lies under our own map, is named, and can be switched off',
  async (t) => {
    const { page, complaints } = await withBackground('/styles/pale.json')
    t.equal(await visibility(page, 'ground'), 'visible')
    t.ok(
      asked.some((path) => /^\/tiles\/1\d\/\d+\/\d+\.png$/.test(path)),
      'its tiles are asked for where the style’s address says',
    )
    t.equal((await drawnFeatures(page))['grids-line'], 6, 'over it our own')
    await page.locator('.maplibregl-ctrl-attrib').getByText('© 试验样式').waitFor()
    await page.getByRole('button', { name: '图层' }).click()
    await page.getByRole('checkbox', { name: '背景地图' }).uncheck()
    t.equal(await visibility(page, 'ground'), 'none')
    t.same(complaints, [], 'nothing is refused by the page’s own policy')
    await page.context().close()
  },
)

t.test('a PMTiles file from outside is drawn from its parts and named', async (t) => {
  const { page, complaints } = await withBackground('/ground.pmtiles')
  const drawn = await drawnFeatures(page)
  t.ok(drawn['pmtiles-buildings']! > 0, 'its buildings')
  t.equal(drawn['buildings-fill'], 32, 'over them our own')
  await page.locator('.maplibregl-ctrl-attrib').getByText('© 试验底图').waitFor()
  t.same(complaints, [])
  await page.context().close()
})

t.test(
  'a map from outside that cannot be had is left out, with a word; ours is there',
  async (t) => {
    const { page, complaints } = await withBackground('/styles/nowhere.json')
    await page.getByText('背景地图无法载入').waitFor()
    t.equal((await drawnFeatures(page))['bays-fill'], 40)
    await page.getByRole('button', { name: '图层' }).click()
    t.equal(
      await page.getByRole('checkbox', { name: '背景地图' }).count(),
      0,
      'and there is no switch',
    )
    t.match(complaints, [/404/], 'the one thing that the browser itself tells')
    t.equal(complaints.length, 1)
    await page.context().close()
  },
)
