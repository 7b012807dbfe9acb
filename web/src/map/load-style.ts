import type { StyleSpecification } from 'maplibre-gl'
import { paperStyle } from './style.ts'

/** The style that the map starts with. */
export async function loadStyle(): Promise<StyleSpecification> {
  return paperStyle()
}
