import type { City } from './city.ts'
import type { CityDatabase } from './city-database.ts'
import type { Cluster } from './postgres.ts'

/** What the programs share: made when first asked for, so that `npm run bench conflicts` starts at once. */
export interface Bench {
  city(): City
  /** A PostgreSQL server of our own; null where its packages are not installed: then there are no peers. */
  cluster(): Promise<Cluster | null>
  /** The city in the database, street by street and bay by bay. */
  database(): Promise<CityDatabase>
  /** Tells people what is going on; figures go elsewhere. */
  note(message: string): void
}
