import { AttributionControl, type Map as MapLibreMap } from 'maplibre-gl'

/**
 * The sources of the map behind their (i) button from the start: the library's own control opens itself once when
 * the first source names an attribution, over a third of a phone's map.
 */
export class FoldedAttribution extends AttributionControl {
  constructor() {
    super({ compact: true, customAttribution: [] })
  }

  override onAdd(map: MapLibreMap): HTMLElement {
    const element = super.onAdd(map)
    // The mark of a control that was opened once already.
    element.classList.add('maplibregl-compact')
    element.classList.remove('maplibregl-compact-show')
    element.removeAttribute('open')
    return element
  }
}
