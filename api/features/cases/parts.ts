import type { ChangeFeed } from '../../db/change-feed.ts'
import type { Engine } from '../../db/connect.ts'
import type { Settings } from '../../settings.ts'

/** What the routes of cases are built on. */
export interface CaseParts {
  engine: Engine
  feed: ChangeFeed
  settings: Settings
}
