import { sql, type Transaction } from 'kysely'
import type { Database } from '../../db/tables.ts'
import { type KindRules, type Order, readKinds, readOrdersOf } from './case-state.ts'
import type { InboxItem } from './contract.ts'
import { allowedFor } from './moving.ts'
import { numberText } from '../../domain/case-number.ts'
import { selectCases, type StoredCase, textOf } from './store.ts'
import { readMediaOf } from './view.ts'

/** A unit's order: which dispatch, of which case. */
export interface OrderKey {
  dispatch_id: string
  unit_id: string
  case_id: string
}

/** A link works until its order is recalled, or this many days after its case was closed. */
const LINK_DAYS = 30

/** The orders of units, newest first: those still open before those that are done. */
export async function findOrders(
  trx: Transaction<Database>,
  communityId: string,
  unitIds: readonly string[],
  limit: number,
): Promise<OrderKey[]> {
  const { rows } = await sql<OrderKey>`
    select du.dispatch_id, du.unit_id, du.case_id from dispatch_unit as du
      join dispatch as d on d.community_id = du.community_id and d.id = du.dispatch_id
    where du.community_id = ${communityId} and du.unit_id = any(${[...unitIds]}::uuid[])
    order by (du.signed_off_at is null and du.recalled_at is null) desc, d.dispatched_at desc, du.dispatch_id
    limit ${limit}`.execute(trx)
  return rows
}

/** The order that a secret link opens; undefined where it opens none (any more). */
export async function findOrderOfLink(
  trx: Transaction<Database>,
  communityId: string,
  linkHash: string,
): Promise<OrderKey | undefined> {
  const { rows } = await sql<OrderKey>`
    select du.dispatch_id, du.unit_id, du.case_id from dispatch_unit as du
      join case_file as c on c.community_id = du.community_id and c.id = du.case_id
    where du.community_id = ${communityId} and du.link_hash = ${linkHash} and du.recalled_at is null
      and (c.closed_at is null or c.closed_at > now() - make_interval(days => ${LINK_DAYS}))`.execute(
    trx,
  )
  return rows[0]
}

/** An order as its unit sees it. */
export async function inboxItem(
  trx: Transaction<Database>,
  communityId: string,
  key: OrderKey,
  now: number,
): Promise<InboxItem> {
  const [item] = await inboxItems(trx, communityId, [key], now)
  return item!
}

/** Orders as their units see them, in the order of `keys`: four queries, however many there are. */
export async function inboxItems(
  trx: Transaction<Database>,
  communityId: string,
  keys: readonly OrderKey[],
  now: number,
): Promise<InboxItem[]> {
  if (keys.length === 0) return []
  const caseIds = [...new Set(keys.map(({ case_id }) => case_id))]
  const cases = await selectCases(trx, communityId, sql`c.id = any(${caseIds}::uuid[])`)
  const kinds = await readKinds(trx, communityId, [...new Set(cases.map((one) => one.kind_id))])
  const storedById = new Map(cases.map((stored) => [stored.id, stored]))
  const kindById = new Map(kinds.map((kind) => [kind.id, kind]))
  const orders = byCase(await readOrdersOf(trx, communityId, caseIds))
  const media = byCase(await readMediaOf(trx, communityId, caseIds))
  return keys.map((key) => {
    const stored = storedById.get(key.case_id)!
    return itemOf(key, now, {
      stored,
      kind: kindById.get(stored.kind_id)!,
      orders: orders.get(key.case_id) ?? [],
      media: (media.get(key.case_id) ?? []).map(({ case_id: _, ...photo }) => photo),
    })
  })
}

function byCase<T extends { case_id: string | null }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(row.case_id!)
    if (group) group.push(row)
    else groups.set(row.case_id!, [row])
  }
  return groups
}

function itemOf(
  key: OrderKey,
  now: number,
  {
    stored,
    kind,
    orders,
    media,
  }: { stored: StoredCase; kind: KindRules; orders: Order[]; media: InboxItem['media'] },
): InboxItem {
  const own = orders.find(
    (order) => order.dispatch_id === key.dispatch_id && order.unit_id === key.unit_id,
  )!
  const isOver = own.signed_off_at !== null || own.recalled_at !== null || stored.closed_at !== null
  const next = own.arrived_at === null && own.arrive_by ? own.arrive_by : own.handle_by
  return {
    dispatch_id: key.dispatch_id,
    unit: { id: own.unit_id, name_zh: own.name_zh, name_en: own.name_en },
    is_lead: own.is_lead,
    case_id: key.case_id,
    number: numberText(stored),
    kind: { name_zh: kind.name_zh, name_en: kind.name_en },
    description: stored.description,
    severity: stored.severity,
    lon: stored.lon,
    lat: stored.lat,
    place_name: stored.place_name,
    step: stored.step,
    status: stored.status,
    message: own.message,
    dispatched_at: own.dispatched_at.toISOString(),
    arrive_by: textOf(own.arrive_by),
    handle_by: textOf(own.handle_by),
    is_overdue: !isOver && next !== null && next.getTime() < now,
    accepted_at: textOf(own.accepted_at),
    arrived_at: textOf(own.arrived_at),
    hand_over_at: textOf(own.hand_over_at),
    signed_off_at: textOf(own.signed_off_at),
    recalled_at: textOf(own.recalled_at),
    result: own.result,
    others: orders.filter((order) => isAlongside(order, own)).map(otherOf),
    media,
    allowed: own.recalled_at ? [] : allowedFor(stored, kind, orders, 'unit', key.unit_id, now),
    version: stored.version,
  }
}

const isAlongside = (order: Order, own: Order) =>
  order.unit_id !== own.unit_id && order.recalled_at === null

const otherOf = (order: Order) => ({
  name_zh: order.name_zh,
  name_en: order.name_en,
  is_lead: order.is_lead,
  arrived_at: textOf(order.arrived_at),
  signed_off_at: textOf(order.signed_off_at),
})
