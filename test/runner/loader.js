// Plain JavaScript, run before each test file: its modules come as run.js compiled them for the whole suite, or,
// where a file is run alone, through the TypeScript loader one by one.
import { register } from 'node:module'

const compiled = process.env['COMPILED_TESTS']
if (compiled) register('./compiled-hooks.js', import.meta.url, { data: { compiled } })
else await import('tsx')
