import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Cluster } from './postgres.ts'

/** A connection for the peer's queries, with an empty schema `peer` for its tables. */
export async function connectPeer(cluster: Cluster): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: cluster.url })
  await client.connect()
  await client.query(
    'create extension if not exists postgis; drop schema if exists peer cascade; create schema peer',
  )
  return client
}

/** Loads `count` lines of COPY text into a table. */
export async function copyInto(
  client: pg.Client,
  table: string,
  count: number,
  lineOf: (index: number) => string,
): Promise<void> {
  function* chunks(): Generator<string> {
    let text = ''
    for (let i = 0; i < count; i++) {
      text += lineOf(i)
      if (text.length < 65_536) continue
      yield text
      text = ''
    }
    yield text
  }
  await pipeline(Readable.from(chunks()), client.query(copyFrom(`copy ${table} from stdin`)))
}
