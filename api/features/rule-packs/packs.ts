import type { Kysely, Transaction } from 'kysely'
import { SHIPPED_PACKS } from '../../db/shipped-rule-packs.ts'
import type { Database } from '../../db/tables.ts'
import { asCommunities } from '../../db/tenant.ts'
import { lintPack, type LintRemark } from '../../domain/rules/lint.ts'
import { applyChanges, type ChangeFault, rulesFaults } from '../../domain/rules/rule-change.ts'
import type { Rule, RulePack } from '../../domain/rules/rule-pack.ts'
import { ApiProblem } from '../../http/problem.ts'
import { STREET_CLASSES } from '../inventory/contract.ts'
import type { RulePackSave, RulePackShape } from './contract.ts'
import { findPack, type SavedPack } from './store.ts'

/** A pack as it is read: one that ships, or one version of a community's own. */
export interface KnownPack {
  pack: RulePack
  /** The version that a save must name; for one that ships, its only one. */
  newest: number
  is_shipped: boolean
  based_on: { id: string; version: number } | null
}

/** The pack that covers all that is known; others are held against it. */
export const BASE_PACK = SHIPPED_PACKS.get('cn-default')!

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * A pack by its name or id, in its newest version or the one named.
 * @throws ApiProblem 404 for an unknown pack or version.
 */
export async function readPack(
  db: Kysely<Database>,
  communityId: string,
  id: string,
  version?: number,
): Promise<KnownPack> {
  return (
    shippedPack(id, version) ??
    (await asCommunities(db, [communityId], (trx) => ownPack(trx, communityId, id, version)))
  )
}

/** The same within a transaction that is open already. */
export async function readPackWithin(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  version?: number,
): Promise<KnownPack> {
  return shippedPack(id, version) ?? (await ownPack(trx, communityId, id, version))
}

export function shippedPack(id: string, version?: number): KnownPack | undefined {
  const pack = SHIPPED_PACKS.get(id)
  if (!pack || (version !== undefined && version !== pack.version)) return undefined
  const base = pack.extends === undefined ? undefined : SHIPPED_PACKS.get(pack.extends)
  return {
    pack,
    newest: pack.version,
    is_shipped: true,
    based_on: base ? { id: base.id, version: base.version } : null,
  }
}

async function ownPack(
  trx: Transaction<Database>,
  communityId: string,
  id: string,
  version?: number,
): Promise<KnownPack> {
  const saved = UUID.test(id) ? await findPack(trx, communityId, id, version) : undefined
  if (!saved) throw unknownPack(id, version)
  return asKnown(saved)
}

export function asKnown(saved: SavedPack): KnownPack {
  const { newest, based_on: basedOn, based_on_version: basedOnVersion, ...pack } = saved
  return {
    pack,
    newest,
    is_shipped: false,
    based_on: { id: basedOn, version: basedOnVersion },
  }
}

export const unknownPack = (id: string, version?: number): ApiProblem =>
  new ApiProblem(
    'rules/unknown-pack',
    `there is no rule pack "${id}"${version === undefined ? '' : ` in version ${version}`}`,
  )

export const remarksOn = (pack: Pick<RulePack, 'rules'>): LintRemark[] =>
  lintPack(pack, BASE_PACK, STREET_CLASSES)

/** A pack with its remarks, as it is answered. */
export function viewOf(known: KnownPack): RulePackShape {
  const { extends: _, ...pack } = known.pack
  return {
    ...pack,
    is_shipped: known.is_shipped,
    based_on: known.based_on,
    lint: remarksOn(pack),
  }
}

/** Texts that findings show are in the page's catalogue: a rule may use those, and no others. */
const MESSAGE_KEYS = new Set(
  [...SHIPPED_PACKS.values()].flatMap((pack) => pack.rules.map((rule) => rule.message_key)),
)

/**
 * The pack with edits or with other rules.
 * @throws ApiProblem 422 naming every value out of its sensible range, with the range.
 */
export function changedPack(
  pack: RulePack,
  said: Pick<RulePackSave, 'changes' | 'rules'>,
): RulePack {
  if (said.changes && said.rules)
    throw invalid([{ path: 'rules', message: 'send either changes or rules' }])
  if (said.rules) {
    const rules = said.rules as Rule[]
    const faults = [...rulesFaults(rules), ...unknownTexts(rules)]
    if (faults.length > 0) throw invalid(faults)
    return { ...pack, rules }
  }
  if (!said.changes) return pack
  const changed = applyChanges(pack, said.changes)
  if (!changed.ok) throw invalid(changed.faults)
  return changed.pack
}

const unknownTexts = (rules: readonly Rule[]): ChangeFault[] =>
  rules.flatMap((rule, i) =>
    MESSAGE_KEYS.has(rule.message_key)
      ? []
      : [
          {
            path: `rules/${i}/message_key`,
            message: `${rule.id}: one of ${[...MESSAGE_KEYS].sort().join(', ')}`,
          },
        ],
  )

function invalid(faults: readonly ChangeFault[]): ApiProblem {
  const [first] = faults
  return new ApiProblem(
    'rules/invalid-value',
    `${first!.path}: ${first!.message}`,
    faults.slice(0, 50).map((fault) => ({ ...fault })),
  )
}
