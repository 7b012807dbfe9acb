import { readdirSync, readFileSync } from 'node:fs'
import type { RulePack } from '../../domain/rules/rule-pack.ts'
import { ApiProblem } from '../../http/problem.ts'

const FOLDER = new URL('../../../geodata/rule-packs/', import.meta.url)

/** The rule packs that ship with the service, by id; read once, at start. */
export const RULE_PACKS: ReadonlyMap<string, RulePack> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as RulePack)
    .map((pack) => [pack.id, pack]),
)

/** @throws ApiProblem 404 for an unknown pack. */
export function rulePack(id: string): RulePack {
  const pack = RULE_PACKS.get(id)
  if (!pack) throw new ApiProblem('rules/unknown-pack', `there is no rule pack "${id}"`)
  return pack
}
