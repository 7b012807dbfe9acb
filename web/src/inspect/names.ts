import { nameOf, t } from '../lib/text/text.svelte.ts'
import type { FieldPlace, FieldSide } from './nearby.ts'
import { directionOf } from '../parts/side-names.ts'

/** A side as people call it: the street, and the side by the compass. */
export function sideName(side: FieldSide): string {
  const street = nameOf(side, t('inspect.unnamed_street'))
  return t('inspect.side_of', { street, direction: t(`inspect.side_${directionOf(side)}`) })
}

/** A bay, lot, zone or shop by its name or number. */
export function placeName(place: FieldPlace): string {
  return t('inspect.place_of', { kind: t(`inspect.place_${place.kind}`), name: nameOf(place) })
}
