// Builds dist-package/: the library, its types, and the service worker. `npm pack` runs this.

import { execFileSync } from 'node:child_process'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'

const run = (tool, ...options) =>
  execFileSync('npx', ['--no-install', tool, ...options], { stdio: ['ignore', 'ignore', 'inherit'] })

rmSync('dist-package', { recursive: true, force: true })
run('vite', 'build', '--logLevel', 'warn', '-c', 'vite.package.config.ts')
run('vite', 'build', '--logLevel', 'warn', '-c', 'vite.worker.config.ts', '--outDir', 'dist-package')
run('tsc', '-p', 'tsconfig.package.json')
writeFileSync('dist-package/sw.d.ts', '// A script for navigator.serviceWorker.register(); it exports nothing.\nexport {}\n')
copyFileSync('../LICENSE', 'LICENSE')
