import { setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

/** The map's worker is a file of our own origin: the content security policy lets no other in. */
setWorkerUrl(workerUrl)
