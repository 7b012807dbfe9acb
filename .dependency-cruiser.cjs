/** The floor plan: which folder may import which. `npm run walls` checks it; docs/architecture.md draws it. */
const only = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: to },
})

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    only(
      'domain-is-pure',
      '^api/domain/',
      [
        '^api/domain/',
        '^geodata/(rule-packs|calendars)/',
        '^node_modules/(@turf|flatbush|flatqueue|polygon-clipping|robust-predicates|earcut|@types/earcut|temporal-polyfill|@types/geojson)',
        '^geojson$',
      ],
      'geometry, time and rules only: no HTTP, no SQL, no Node',
    ),
    only(
      'db-knows-domain-only',
      '^api/db/',
      [
        '^api/(db|domain)/',
        '^node_modules/',
        '^geojson$',
        '^(node:)?(fs|path|url|worker_threads|os|crypto|stream|net|events|timers)',
      ],
      'the only room that knows the driver',
    ),
    only(
      'model-reads-db',
      '^api/model/',
      [
        '^api/(model|db|domain)/',
        '^node_modules/',
        '^geojson$',
        '^(node:)?(events|timers|zlib|perf_hooks)',
      ],
      'the street model comes from the database and nowhere else',
    ),
    only(
      'http-is-a-leaf',
      '^api/http/',
      [
        '^api/(http|db|domain)/',
        '^node_modules/',
        '^geojson$',
        '^(node:)?(crypto|events|stream|fs|path|url|zlib|http)',
      ],
      'what every feature may use; it knows no feature',
    ),
    only(
      'jobs-are-a-leaf',
      '^api/jobs/',
      ['^api/(jobs|db)/', '^node_modules/'],
      'the queue knows no feature: what is to be done is given to it',
    ),
    only(
      'contract-is-shape-only',
      '^api/features/[^/]+/contract\\.ts$',
      [
        '^api/features/[^/]+/contract\\.ts$',
        '^api/http/shapes\\.ts$',
        '^api/domain/',
        '^node_modules/(typebox|@types/geojson)',
        '^geojson$',
      ],
      'the web reads it, so nothing of the server may come along',
    ),
    only(
      'shapes-are-shape-only',
      '^api/http/shapes\\.ts$',
      [
        '^api/http/shapes\\.ts$',
        '^api/domain/',
        '^node_modules/(typebox|@types/geojson)',
        '^geojson$',
      ],
      'the web reads it, so nothing of the server may come along',
    ),
    only(
      'store-speaks-sql',
      '^api/features/[^/]+/store\\.ts$',
      [
        '^api/(db|domain)/',
        '^api/features/[^/]+/contract\\.ts$',
        '^node_modules/(kysely|typebox|pg|uuid|@types)',
        '^geojson$',
        '^(node:)?(crypto|stream)',
      ],
      'no HTTP in a store',
    ),
    {
      name: 'features-are-strangers',
      severity: 'error',
      from: { path: '^api/features/([^/]+)/' },
      to: { path: '^api/features/', pathNot: ['^api/features/$1/', '/contract\\.ts$'] },
      comment: 'join tables in SQL, or move the shared rule down to api/domain',
    },
    {
      name: 'nobody-imports-the-top',
      severity: 'error',
      from: { path: '^api/(domain|db|http|model|jobs|features|standards|files)/' },
      to: { path: '^api/(app|main)\\.ts$' },
    },
    {
      name: 'files-see-no-http',
      severity: 'error',
      from: { path: '^api/files/' },
      to: {
        path: ['^api/http/(?!shapes)', '^api/features/[^/]+/routes\\.ts$', '^node_modules/fastify'],
      },
    },
    only(
      'a-migration-stands-alone',
      '^migrations/',
      ['^node_modules/kysely'],
      'a migration must mean the same in ten years',
    ),
    only(
      'web-through-contracts',
      '^web/',
      [
        '^web/',
        '^api/features/[^/]+/contract\\.ts$',
        '^api/http/shapes\\.ts$',
        '^api/domain/',
        '^geodata/rule-packs/',
        '^node_modules/(typebox|svelte|maplibre-gl|svelte-maplibre-gl|terra-draw|terra-draw-maplibre-gl-adapter|vite|@sveltejs|bits-ui|intl-messageformat|@formatjs|@lucide|pmtiles|uuid|dexie|workbox-[a-z]+|vite-plugin-pwa|virtua|uqr|@turf|@types)',
        '^geojson$',
      ],
      'types and pure functions only; data comes over HTTP',
    ),
    {
      name: 'api-does-not-see-web',
      severity: 'error',
      from: { path: '^(api|migrations|geodata)/' },
      to: { path: '^(web|test)/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'tap-snapshots|web/dist' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.svelte', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'node', 'default', 'types'],
    },
  },
}
