import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { sql } from 'kysely'
import { asCommunityInBulk } from '../../api/db/bulk.ts'
import { bumpVersion } from '../../api/db/change-feed.ts'
import { connect, type Engine } from '../../api/db/connect.ts'
import { migrate } from '../../api/db/migrate.ts'
import { createDemoAccounts } from '../../api/features/accounts/demo.ts'
import { type City, COMMUNITY_ID, idOf, type Line } from './city.ts'
import type { Cluster } from './postgres.ts'

/** The city in a database: on the cluster where there is one, else on the embedded engine. */
export interface CityDatabase {
  engine: Engine
  /** Address of the database; undefined on the embedded engine. */
  url: string | undefined
  dataDir: string
  close(): Promise<void>
}

export const SLUG = 'city'

/** Makes the schema and loads the city's streets, bays and zones as one community. */
export async function openCityDatabase(city: City, cluster: Cluster | null): Promise<CityDatabase> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'jiexu-bench-'))
  const engine = await connect({ databaseUrl: cluster?.url, dataDir })
  await migrate(engine.db)
  await fill(engine, city)
  await createDemoAccounts(engine, COMMUNITY_ID)
  // As it would stand after some minutes: statistics there, dead rows gone.
  if (engine.kind === 'server') await engine.pool.query('vacuum analyze')
  return {
    engine,
    url: cluster?.url,
    dataDir,
    close: async () => {
      await engine.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

async function fill(engine: Engine, city: City): Promise<void> {
  const corners = [city.streets[0]!, ...city.streets.slice(-1)].flat()
  const [lons, lats] = [corners.map((p) => p[0]), corners.map((p) => p[1])]
  const [west, east] = [Math.min(...lons) - 0.1, Math.max(...lons) + 0.1]
  const [south, north] = [Math.min(...lats) - 0.1, Math.max(...lats) + 0.1]
  await sql`
    insert into community (id, slug, name_en, time_zone, geom)
    values (${COMMUNITY_ID}, ${SLUG}, 'Synthetic city', 'Asia/Shanghai',
      ST_Multi(ST_MakeEnvelope(${west}, ${south}, ${east}, ${north}, 4326)))`.execute(engine.db)
  await asCommunityInBulk(engine, COMMUNITY_ID, async (bulk) => {
    const version = async (layer: string) => bumpVersion(bulk.trx, COMMUNITY_ID, layer)
    const streets = await version('street_segments')
    await bulk.insert(
      'street_segment',
      { id: 'uuid', name_zh: 'text', class: 'text', changed_version: 'int8', geom: 'geometry' },
      city.streets.map((line, i) => [
        idOf(2, i),
        `第${Math.floor(i / 200)}街`,
        'residential',
        streets,
        lineText(line),
      ]),
    )
    await bulk.insert(
      'street_side',
      { id: 'uuid', segment_id: 'uuid', side: 'text', footway_width_m: 'float8' },
      city.streets.flatMap((_, i) =>
        (['left', 'right'] as const).map((side, s) => [
          idOf(2, 1_000_000 + 2 * i + s),
          idOf(2, i),
          side,
          3,
        ]),
      ),
    )
    const bays = await version('bays')
    await bulk.insert(
      'bay',
      {
        id: 'uuid',
        external_id: 'text',
        vehicle_classes: 'text[]',
        layout: 'text',
        capacity: 'int4',
        status: 'text',
        changed_version: 'int8',
        geom: 'geometry',
      },
      city.bays.map((ring, i) => [
        idOf(1, i),
        `BAY-${i}`,
        ['car'],
        'parallel',
        1,
        'painted',
        bays,
        areaText(ring),
      ]),
    )
    const zones = await version('vendor_zones')
    await bulk.insert(
      'vendor_zone',
      {
        id: 'uuid',
        name_zh: 'text',
        status: 'text',
        windows: 'jsonb',
        changed_version: 'int8',
        geom: 'geometry',
      },
      city.zones.map((zone, i) => [
        idOf(3, i),
        `摊区${i}`,
        'approved',
        JSON.stringify(zone.windows),
        zones,
        areaText(zone.ring),
      ]),
    )
  })
}

const positions = (line: Line): string => line.map(([lon, lat]) => `${lon} ${lat}`).join(',')
export const areaText = (ring: Line): string => `SRID=4326;POLYGON((${positions(ring)}))`
const lineText = (line: Line): string => `SRID=4326;LINESTRING(${positions(line)})`
