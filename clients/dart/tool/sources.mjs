// Every Dart source of the project: files below clients/dart, and blocks in the documentation.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from './dart.mjs'

export const here = dirname(fileURLToPath(import.meta.url))
export const project = resolve(here, '../../..')
export const read = (path) => readFileSync(resolve(project, path), 'utf8')

function* walk(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', '.dart_tool', 'build'].includes(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(path)
    else yield relative(project, path)
  }
}

const pages = [...walk(join(project, 'docs')), ...walk(join(project, 'clients')), 'README.md'].filter((path) => path.endsWith('.md'))

/** path → parsed file. */
export const files = new Map(
  [...walk(join(project, 'clients/dart'))]
    .filter((path) => path.endsWith('.dart'))
    .map((path) => [path, parse(read(path))]),
)

/** The ```dart blocks of the documentation. */
export const blocks = pages.flatMap((page) =>
  [...read(page).matchAll(/^```dart\n([^]*?)^```$/gm)].map(([, text]) => ({ page, text })),
)
