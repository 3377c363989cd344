// The content of the package, its types and its README.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkPackage, Package } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Project, web } from './support/project.js'

let project: Project
let inside: string

beforeAll(async () => {
  project = await Project.create('plain')
  inside = join(project.folder, 'node_modules/sluice-download')
}, 120_000)
afterAll(() => project.dispose())

it('can be published, with its licence and the pictures of its README', () => {
  const { private: isPrivate, license } = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8'))
  expect([isPrivate, license]).toEqual([undefined, 'Apache-2.0'])
  expect(readFileSync(join(inside, 'LICENSE'), 'utf8')).toBe(readFileSync(join(web, '../LICENSE'), 'utf8'))
  const readme = readFileSync(join(inside, 'README.md'), 'utf8')
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path]) => path!)
  expect(links.filter((path) => path.endsWith('.png')).length).toBeGreaterThanOrEqual(3)
  expect(links.filter((path) => !existsSync(join(inside, path)))).toEqual([])
})

it('has nothing that publint objects to', async () => {
  const { messages } = await publint({ pkgDir: inside, strict: true })
  expect(messages).toEqual([])
})

it('has the types that its modules have', async () => {
  const files = Object.fromEntries(
    readdirSync(inside, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(inside, path)).isFile())
      .map((path) => [`/node_modules/sluice-download/${path}`, readFileSync(join(inside, path))]),
  )
  const result = await checkPackage(new Package(files, 'sluice-download', '0.0.0'))
  if (!result.types) throw new Error('the package has no types')
  // It is an ES module for browsers: require() and the resolution of Node 10 are not supported.
  const found = result.problems.filter(
    (one) => !('resolutionKind' in one && ['node10', 'node16-cjs'].includes(one.resolutionKind)),
  )
  expect(found).toEqual([])
  expect(Object.keys(result.entrypoints)).toEqual(expect.arrayContaining(['.', './service-worker']))
})

/** Compiles modules against the installed package, as strictly as a user could. */
function compile(sources: Record<string, string>, resolution: 'Bundler' | 'NodeNext'): string {
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(project.folder, name), text)
  const flags = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess',
    '--target', 'es2022', '--lib', 'es2022,dom', '--moduleDetection', 'force',
    '--module', resolution === 'Bundler' ? 'esnext' : 'nodenext', '--moduleResolution', resolution]
  try {
    execFileSync(join(web, 'node_modules/.bin/tsc'), [...flags, ...Object.keys(sources)], { cwd: project.folder })
    return ''
  } catch (cause) {
    return String((cause as { stdout: Buffer }).stdout)
  }
}

/** Each TypeScript block of a document, as a module of its own. */
function snippets(document: string): Record<string, string> {
  const text = readFileSync(join(web, document), 'utf8')
  const found = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!)
  expect(found.length).toBeGreaterThan(0)
  const name = document.replace(/\W+/g, '_')
  return Object.fromEntries(found.map((code, i) => [`${name}_${i}.ts`, `${code}\nexport {}\n`]))
}

it.each(['README.md', '../docs/integration-guide.md', '../docs/guide-integration.fr.md'])(
  'compiles every snippet of %s as it stands',
  (document) => {
    expect(compile(snippets(document), 'Bundler')).toBe('')
  },
)

it.each(['Bundler', 'NodeNext'] as const)('gives events their types, with %s resolution', (resolution) => {
  const use = `
    import { DownloadManager, type Download, type Snapshot } from 'sluice-download'
    import 'sluice-download/service-worker'
    const manager = new DownloadManager()
    manager.addEventListener('add', (event) => {
      const added: Download = event.detail
      added.addEventListener('change', function () { const now: Snapshot = added.snapshot; void now })
    })
    manager.addEventListener('anything', { handleEvent(event) { event.type } })
  `
  expect(compile({ 'use.ts': use }, resolution)).toBe('')
  const misuse = use.replace('event.detail', 'event.detail.media')
  expect(compile({ 'misuse.ts': misuse }, resolution)).toContain('is missing the following properties')
})

it('names only folders that exist in the types of the package', () => {
  const { exports } = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8'))
  for (const entry of Object.values(exports)) {
    for (const path of typeof entry === 'string' ? [entry] : Object.values(entry as object)) {
      expect(existsSync(join(inside, path)), `${dirname(path)}: ${path}`).toBe(true)
    }
  }
})
