// A plugin for the builds: `import text from './worker.ts?text'` gives the compiled worker as a text. The
// library starts its storage worker from this text, because each bundler treats a worker's URL in its own
// way: Vite's pre-bundling loses the file, esbuild leaves it out.

import { readFileSync } from 'node:fs'
import { build } from 'esbuild'
import type { Plugin } from 'vite'

const suffix = '?text'

export function inlineWorker(): Plugin {
  return {
    name: 'inline-worker',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith(suffix)) return undefined
      const path = id.slice(0, -suffix.length)
      const { outputFiles } = await build({
        stdin: {
          contents: readFileSync(path, 'utf8') + '\nserveStorage()\n',
          loader: 'ts',
        },
        bundle: true,
        write: false,
        minify: true,
        format: 'iife',
        target: 'es2022',
      })
      this.addWatchFile(path)
      return `export default ${JSON.stringify(outputFiles[0]!.text.trim())}`
    },
  }
}
