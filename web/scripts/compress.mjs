// Puts a .gz beside every file of dist/ that shrinks, for the service to send, and says what the
// scripts weigh: a page for phones has to stay small.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const budget = 30 * 1024
const packed = /\.(html|js|css|svg|json|webmanifest)$/

function* filesOf(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* filesOf(path)
    else yield path
  }
}

let script = 0
for (const path of filesOf('dist')) {
  if (!packed.test(path)) continue
  const content = readFileSync(path)
  const small = gzipSync(content, { level: 9 })
  if (small.length < content.length) writeFileSync(`${path}.gz`, small)
  if (path.endsWith('.js')) script += small.length
  console.log(`${path}: ${content.length} bytes, ${small.length} compressed`)
}
console.log(`JavaScript: ${script} bytes compressed, of ${budget} allowed`)
if (script > budget) process.exit(1)
