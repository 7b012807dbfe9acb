import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

/** The service that a page under development talks to. */
const API = process.env['JIEXU_API'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [
    svelte(),
    VitePWA({
      // Our own worker: which reads are remembered, and how tiles are found again, is a matter of this service.
      strategies: 'injectManifest',
      srcDir: 'src/lib/offline',
      filename: 'service-worker.ts',
      // The page registers it itself, and only for people who work without network.
      injectRegister: false,
      registerType: 'prompt',
      injectManifest: {
        rollupFormat: 'iife',
        // Its build says nothing that somebody who starts the service must read.
        buildPlugins: { vite: [{ name: 'quiet', config: () => ({ logLevel: 'warn' as const }) }] },
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,webmanifest}'],
        globIgnores: ['**/icon-*.png', '**/apple-touch-icon.png'],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        // Names under assets/ carry a hash already.
        dontCacheBustURLsMatching: /^assets\//,
      },
      manifest: {
        id: '/',
        name: '街序 Jiexu',
        short_name: '街序',
        description: '停放与街道秩序 · parking and street order',
        lang: 'zh-CN',
        start_url: '/inspect',
        scope: '/',
        display: 'standalone',
        background_color: '#fbfaf7',
        theme_color: '#fbfaf7',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: '/icon-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
        ],
      },
    }),
  ],
  server: { proxy: { '/api': API } },
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('dist', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    // The map's library is one big file by nature; everything of our own stays far below.
    chunkSizeWarningLimit: 1200,
  },
})
