// A fresh project with the packed package, installed from the registry as its user would.

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const web = resolve(new URL('.', import.meta.url).pathname, '../../..')
const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

let packed: Promise<string> | undefined

/** The path of the tarball; packs once per process. */
export function pack(): Promise<string> {
  packed ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-pack-'))
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
    await run('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: web })
    return join(folder, readdirSync(folder)[0]!)
  })()
  return packed
}

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-project-'))
  #children: ChildProcess[] = []

  static async create(name: string): Promise<Project> {
    const project = new Project()
    cpSync(join(web, 'test/package/projects', name), project.folder, { recursive: true })
    for (const file of ['app.js', 'main.js']) {
      copyFileSync(join(web, 'test/package', file), join(project.folder, file))
    }
    await project.run('npm', 'install', ...quiet, await pack())
    return project
  }

  read(...path: string[]): string {
    return readFileSync(join(this.folder, ...path), 'utf8')
  }

  /** Runs a program to its end; fails with its output. */
  async run(program: string, ...options: string[]): Promise<void> {
    const env = { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1' }
    await run(program, options, { cwd: this.folder, env }).catch((cause) => {
      throw new Error(`${program} ${options.join(' ')}: ${cause.stdout}${cause.stderr}`)
    })
  }

  /** Starts a server and returns the address that it prints. */
  async serve(script: string, ...options: string[]): Promise<string> {
    const env = { ...process.env, NODE_ENV: undefined, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' }
    const child = spawn(process.execPath, [join('node_modules', script), ...options], {
      cwd: this.folder,
      env,
    })
    this.#children.push(child)
    let said = ''
    return await new Promise((ready, fail) => {
      const hear = (data: Buffer): void => {
        said += data.toString()
        const address = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(said)
        if (address !== null) ready(`http://127.0.0.1:${address[1]}`)
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.on('exit', () => fail(new Error(said)))
    })
  }

  dispose(): void {
    for (const child of this.#children) child.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' }

/** A server of static files, which passes /api and /download2 on to the service and keeps Host. */
export class Front {
  readonly #server: Server

  constructor(folder: string, service: () => number, fields: Record<string, string> = {}) {
    this.#server = createServer((asked, answer) => {
      const { pathname } = new URL(asked.url ?? '', 'http://x')
      if (/^\/(api|download2)\//.test(pathname)) {
        const { url, method, headers } = asked
        const onward = request({ port: service(), path: url, method, headers }, (response) => {
          answer.writeHead(response.statusCode!, response.headers)
          response.pipe(answer)
        })
        onward.on('error', () => answer.destroy())
        asked.pipe(onward)
        return
      }
      try {
        const path = join(folder, pathname === '/' ? 'index.html' : pathname)
        const content = readFileSync(path)
        answer.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', ...fields })
        answer.end(content)
      } catch {
        answer.writeHead(404).end()
      }
    })
  }

  async open(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready))
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
