#!/usr/bin/env node
// Plain JavaScript, so that Node runs it as it is; it brings the program as one file and hands over.
import { serverBundle } from './server-bundle.js'

const bundle = await serverBundle()
if (bundle) {
  // Stack traces name the sources.
  process.setSourceMapsEnabled(true)
  await import(bundle)
} else {
  const { register } = await import('tsx/esm/api')
  register()
  await import('./main.ts')
}
