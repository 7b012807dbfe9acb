#!/usr/bin/env node
// Plain JavaScript, so that Node runs it as it is; it brings the TypeScript loader and hands over.
import { register } from 'tsx/esm/api'

register()
await import('./main.ts')
