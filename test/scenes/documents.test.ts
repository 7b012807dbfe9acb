import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import t from 'tap'

const ROOT = path.resolve(import.meta.dirname, '../..')
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...pagesBelow('docs')]
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

t.test('every link and picture of the documents leads to a file that is there', async (t) => {
  for (const page of PAGES)
    for (const target of linksOf(textOf(page))) {
      const file = path.resolve(ROOT, path.dirname(page), target)
      t.ok(existsSync(file), `${page} links to ${target}`)
    }
})

t.test('every npm command that the documents name exists', async (t) => {
  const builtIn = ['ci', 'start', 'test']
  for (const page of PAGES)
    for (const [, word, run] of textOf(page).matchAll(/\bnpm (run )?([a-z][a-z:-]*)/g)) {
      const isKnown = run! in scripts || (!word && builtIn.includes(run!))
      t.ok(isKnown, `${page}: npm ${word ?? ''}${run}`)
    }
})

t.test('the first screen of the README runs it in one command and tests it in one', async (t) => {
  const screen = textOf('README.md').split('\n').slice(0, 40).join('\n')
  const commands = [...screen.matchAll(/```sh\n([^`]+)```/g)].map((match) => match[1]!.trim())
  t.strictSame(commands, ['npm ci && npm start', 'npm ci && npm test'])
  t.match(screen, /!\[[^\]]+\]\(docs\/pictures\/[a-z-]+\.png\)/, 'with a picture')
})

function pagesBelow(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
}

function textOf(page: string): string {
  return readFileSync(path.join(ROOT, page), 'utf8')
}

/** Targets inside the project, without their anchors. */
function linksOf(text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1]!.split('#')[0]!)
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
}
