import { readdirSync, readFileSync } from 'node:fs'
import { type RulePack, resolvePack } from '../domain/rules/rule-pack.ts'

const FOLDER = new URL('../../geodata/rule-packs/', import.meta.url)

/** The rule packs that ship with the service, by id, each with the rules it takes over from another; read at start. */
export const SHIPPED_PACKS: ReadonlyMap<string, RulePack> = readPacks()

function readPacks(): Map<string, RulePack> {
  const files = new Map(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as RulePack)
      .map((pack) => [pack.id, pack]),
  )
  return new Map([...files].map(([id, pack]) => [id, resolvePack(pack, files)]))
}
