import { isDeepStrictEqual } from 'node:util'
import type { FastifyRequest } from 'fastify'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { bumpVersion } from '../../db/change-feed.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import type { ListRule } from '../../domain/frontages/standing.ts'
import { parseInstant } from '../../domain/schedule/instant.ts'
import { recordChange } from '../../http/audit-record.ts'
import type { Community } from '../../http/community.ts'
import { ApiProblem } from '../../http/problem.ts'
import type { LayBody, LayReply, NewCheck, NewLetter } from './contract.ts'
import { readGround, readLaid, rememberLaid } from './ground.ts'
import { layOut } from './laying.ts'
import type { FrontageParts } from './parts.ts'
import { todayIn } from './standing.ts'
import {
  findCheck,
  findLetter,
  insertCheck,
  insertLetter,
  isShop,
  readRule,
  writeRule,
} from './store.ts'

type Trx = Transaction<Database>
interface Writing {
  request: FastifyRequest
  community: Community
}

/** Lays out frontages and, unless it is only looked at, stores what is new or other than before, all or nothing. */
export async function lay(
  parts: FrontageParts,
  { request, community }: Writing,
  body: LayBody,
  isStored: boolean,
): Promise<LayReply> {
  const reply = await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const laid = await readLaid(trx, community.id)
    const result = layOut(await readGround(trx, community.id), laid, body)
    if (!isStored) return result
    const versions = new Map(laid.map(({ id, version }) => [id, version]))
    const written = result.frontages
      .filter(({ action }) => action !== 'same')
      .map((one) => ({ ...one, frontage_id: one.frontage_id ?? uuidv7() }))
    for (const { frontage_id: id, shop_id, shop_name, geometry } of written)
      await parts.inventory.write(trx, request, community, {
        id,
        merchant_id: shop_id,
        name_zh: shop_name && `${shop_name}门前`,
        version: versions.get(id) ?? null,
        geometry,
      })
    // One that was drawn just as it would be laid out is from now on laid out.
    const known = result.frontages.filter(({ action }) => action === 'same')
    await rememberLaid(
      trx,
      community.id,
      [...written, ...known].map(({ frontage_id, depth_by }) => ({ id: frontage_id!, depth_by })),
    )
    const ids = new Map(written.map(({ shop_id, frontage_id }) => [shop_id, frontage_id]))
    return {
      ...result,
      frontages: result.frontages.map((one) => ({
        ...one,
        frontage_id: ids.get(one.shop_id) ?? one.frontage_id,
      })),
    }
  })
  if (isStored) await parts.feed.refresh()
  return reply
}

/** Records a signed letter; the same one again is the same one. */
export async function signLetter(
  parts: FrontageParts,
  writing: Writing,
  letter: NewLetter,
): Promise<void> {
  const { request, community } = writing
  if (letter.valid_until < letter.signed_at)
    throw refused('valid_until', 'must not be before signed_at')
  if (letter.signed_at > todayIn(community)) throw refused('signed_at', 'must not be in the future')
  await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const known = await findLetter(trx, community.id, letter.id)
    if (isKnown(known, letter)) return
    await refuseUnknownShop(trx, community, letter.merchant_id)
    await insertLetter(trx, community.id, letter, request.person?.account_id ?? null)
    await parts.inventory.markSigned(trx, request, community, letter.merchant_id)
    await audit(trx, writing, 'create', 'frontage_letters', letter.id, null, letter)
    await bumpVersion(trx, community.id, 'frontages')
  })
  await parts.feed.refresh()
}

/** Records a check; the same one again, as after a lost answer, is the same one. */
export async function recordCheck(
  parts: FrontageParts,
  writing: Writing,
  body: NewCheck,
): Promise<void> {
  const { request, community } = writing
  const at = parseInstant(body.checked_at)
  if (at === null) throw refused('checked_at', 'not an instant between 1900 and 2200')
  // A phone's clock may be a little ahead.
  if (at > Date.now() + 10 * 60_000) throw refused('checked_at', 'must not be in the future')
  const check = { ...body, note: body.note ?? null, checked_at: new Date(at).toISOString() }
  await asCommunities(parts.engine.db, [community.id], async (trx) => {
    if (isKnown(await findCheck(trx, community.id, check.id), check)) return
    await refuseUnknownShop(trx, community, check.merchant_id)
    await insertCheck(trx, community.id, check, request.person?.account_id ?? null)
    await audit(trx, writing, 'create', 'frontage_checks', check.id, null, check)
    await bumpVersion(trx, community.id, 'frontages')
  })
  await parts.feed.refresh()
}

export async function changeRule(
  parts: FrontageParts,
  writing: Writing,
  rule: ListRule,
): Promise<void> {
  const { community } = writing
  if (rule.black_below > rule.red_from)
    throw refused('black_below', 'must not be above red_from: a shop would stand on both lists')
  if (rule.weights.hygiene + rule.weights.order + rule.weights.facilities <= 0)
    throw refused('weights', 'at least one must be above 0')
  await asCommunities(parts.engine.db, [community.id], async (trx) => {
    const before = await readRule(trx, community.id)
    await writeRule(trx, community.id, rule)
    await audit(trx, writing, 'update', 'frontage_rule', null, before, rule)
    await bumpVersion(trx, community.id, 'frontages')
  })
  await parts.feed.refresh()
}

const refused = (path: string, message: string) =>
  new ApiProblem('request/invalid-body', `${path}: ${message}`, [{ path, message }])

function isKnown<T extends { id: string }>(known: T | undefined, sent: T): boolean {
  if (!known) return false
  if (isDeepStrictEqual({ ...known }, { ...sent })) return true
  throw new ApiProblem('frontages/id-taken', `${sent.id} is already there with other content`, [
    { path: 'id', message: 'make a new UUID' },
  ])
}

async function refuseUnknownShop(trx: Trx, community: Community, id: string): Promise<void> {
  if (await isShop(trx, community.id, id)) return
  throw new ApiProblem('frontages/unknown-shop', `there is no shop ${id} in this community`, [
    { path: 'merchant_id', message: 'no such shop here' },
  ])
}

function audit(
  trx: Trx,
  { request, community }: Writing,
  action: 'create' | 'update',
  collection: string,
  record_id: string | null,
  before: unknown,
  after: unknown,
): Promise<void> {
  return recordChange(trx, {
    community_id: community.id,
    actor_id: request.person?.account_id ?? null,
    action,
    collection,
    record_id,
    before,
    after,
    reason: null,
    request_id: request.id,
  })
}
