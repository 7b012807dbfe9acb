import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** The service that a page under development talks to. */
const API = process.env['JIEXU_API'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [svelte()],
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
