import type { Browser } from 'playwright-core'
import { buildPage, isPageCurrent } from '../../api/cli/build-page.ts'
import { openBrowser, openPage } from '../fixtures/browser.ts'
import type { Bench } from './bench.ts'
import { type CityDatabase, SLUG } from './city-database.ts'
import { atMost, compared, type Figure, figure, median } from './figures.ts'
import { startService } from './service.ts'

const ZOOMS = [14, 15, 16] as const
const ROUNDS = 5
const EMPTY = { id: '0190a000-0000-7000-8000-0000000000ff', slug: 'empty' }

/** What a browser knows and Node does not: for the function below that runs inside the page. */
declare const document: {
  querySelector(selector: '.map'): {
    map?: { loaded(): boolean; areTilesLoaded(): boolean; isMoving(): boolean }
  } | null
}

/**
 * The page in a browser, from opening its address until the map stands and can be worked with: the city's 100,000 bays
 * beside a community that has nothing at all. Both load the same program; the first visits, which warm up, do not count.
 */
export async function map(bench: Bench): Promise<Figure[]> {
  if (!isPageCurrent()) {
    bench.note('building the page')
    await buildPage()
  }
  const database = await bench.database()
  await addEmptyCommunity(database)
  const service = await startService(database)
  const closing: (() => unknown)[] = []
  try {
    const browser = await openBrowser({ teardown: (work) => closing.push(work) })
    const [lon, lat] = bench.city().bays[50_000]![0]!
    const figures: Figure[] = []
    for (const zoom of ZOOMS) {
      const address = (slug: string) =>
        `http://127.0.0.1:${service.port}/?c=${slug}&map=${zoom}/${lat}/${lon}`
      const city: number[] = []
      const empty: number[] = []
      for (let round = -1; round < ROUNDS; round++) {
        const full = await untilStill(browser, address(SLUG))
        const bare = await untilStill(browser, address(EMPTY.slug))
        if (round < 0) continue
        city.push(full)
        empty.push(bare)
      }
      figures.push(
        figure(
          `zoom ${zoom}, 100,000 bays: times what an empty map takes`,
          median(city) / median(empty),
          '×',
          atMost(3),
        ),
        compared(
          `zoom ${zoom}: from the address to a map that stands, 100,000 bays and none`,
          median(city),
          'ms',
          'less',
          median(empty),
        ),
      )
    }
    return figures
  } finally {
    for (const close of closing) await close()
    await service.close()
  }
}

/** Milliseconds from opening an address as a new person until all tiles in view are drawn and nothing moves. */
async function untilStill(browser: Browser, url: string): Promise<number> {
  const { page, complaints } = await openPage(browser, { url })
  try {
    await page.waitForFunction(
      () => {
        const { map } = document.querySelector('.map') ?? {}
        return map?.loaded() && map.areTilesLoaded() && !map.isMoving()
      },
      undefined,
      { timeout: 60_000 },
    )
    const ms = await page.evaluate(() => performance.now())
    if (complaints.length > 0) throw new Error(complaints.join('\n'))
    return ms
  } finally {
    await page.context().close()
  }
}

async function addEmptyCommunity({ engine }: CityDatabase): Promise<void> {
  await engine.pool.query(
    `insert into community (id, slug, name_en, time_zone, geom)
     select $1, $2, 'Empty', time_zone, geom from community where slug = $3 on conflict do nothing`,
    [EMPTY.id, EMPTY.slug, SLUG],
  )
}
