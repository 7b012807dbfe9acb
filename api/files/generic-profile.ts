import { COLLECTIONS, type CollectionId } from '../features/inventory/contract.ts'
import type { FeatureProfile } from './profile.ts'
import { FileRefusal } from './refusal.ts'
import type { SourceRecord } from './source-file.ts'
import { numberOf, plainText } from './values.ts'

/** Kept by the server or written elsewhere: a file cannot set them. */
const NOT_FROM_FILES = new Set(['sides', 'shared_spaces'])

interface Member {
  type?: string
  items?: object
  anyOf?: Member[]
}

/**
 * Reads any GeoJSON or CSV into one collection. Properties named like the contract's members are taken; `map` gives
 * others their member (`member → property`). A CSV's text is read as the member's type; `external_id` is the key where
 * there is one, then the feature's own id, then the content.
 * @throws FileRefusal when `map` names a member that the collection does not have.
 */
export function genericProfile(
  collection: CollectionId,
  source: string,
  map: Readonly<Record<string, string>>,
): FeatureProfile {
  const shape = COLLECTIONS[collection].properties.properties as Record<string, Member>
  const members = [...Object.keys(shape).filter((name) => !NOT_FROM_FILES.has(name)), 'external_id']
  for (const member of Object.keys(map))
    if (!members.includes(member) && member !== 'lon' && member !== 'lat')
      throw new FileRefusal(
        `${collection} has no ${JSON.stringify(member)} to map to; it has ${members.join(', ')}`,
      )
  const valueOf = (record: SourceRecord, member: string): unknown =>
    record.properties[map[member] ?? member]
  return {
    kind: 'features',
    name: collection,
    description: `any GeoJSON or CSV → ${collection}`,
    source,
    identity: `${collection} ${source}`,
    attribution: null,
    map: (record) => {
      const external_id = plainText(valueOf(record, 'external_id')) ?? record.id
      return {
        collection,
        key: external_id,
        external_id,
        members: Object.fromEntries(
          members
            .filter((name) => name !== 'external_id' && valueOf(record, name) !== undefined)
            .map((name) => [name, shapedAs(shape[name]!, valueOf(record, name))]),
        ),
      }
    },
  }
}

/** Text as the member's type wants it; what does not read so is left for the contract to refuse by name. */
function shapedAs(member: Member, value: unknown): unknown {
  if (typeof value !== 'string') return value
  const types = new Set((member.anyOf ?? [member]).map((one) => one.type))
  if (types.has('integer') || types.has('number')) return numberOf(value) ?? value
  if (types.has('boolean')) return BOOLEANS.get(value.toLowerCase()) ?? value
  if (types.has('array') || types.has('object')) {
    if (/^[[{]/.test(value)) return jsonOr(value)
    return value.split(/[,;|]/).map((part) => part.trim())
  }
  return value
}

const BOOLEANS = new Map<string, boolean>([
  ...['true', 'yes', '1', 't', '是'].map((text) => [text, true] as const),
  ...['false', 'no', '0', 'f', '否'].map((text) => [text, false] as const),
])

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
