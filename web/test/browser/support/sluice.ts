// The real binary with the built page, on a loopback port that it can be given back after a crash.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { randomFillSync } from 'node:crypto'
import type { Clock } from './clock.js'
import { Pace } from './pace.js'

const project = resolve(dirname(new URL(import.meta.url).pathname), '../../../..')
export const binary = process.env['SLUICE_BINARY'] ?? join(project, 'build/release/bin/sluice')

export const secret = 'browser-tests-share-this-secret-of-48-bytes!!!!!'

export interface CatalogueItem {
  type: 'lesson'
  rel: string
  filename: string
  title: string
  subtitle?: string
  group?: string
  user_id?: string
  size?: number
  duration?: number
  thumbnail?: string
}

export class Sluice {
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-browser-'))
  readonly media = join(this.folder, 'media')
  readonly page = join(this.folder, 'page')
  port = 0
  #process: ChildProcess | undefined
  #log = ''

  constructor() {
    cpSync(join(project, 'test/media'), this.media, { recursive: true })
    cpSync(join(project, 'web/dist'), this.page, { recursive: true })
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }
  get log(): string {
    return this.#log
  }
  get isRunning(): boolean {
    const child = this.#process
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Writes a lesson of that many random bytes and returns its entry for the catalogue. */
  addLesson(title: string, size: number, lesson = title.replace(/\W+/g, '-')): CatalogueItem {
    const rel = `trainer123/course456/module789/${lesson}`
    const filename = `${title}.mp4`
    mkdirSync(join(this.media, rel), { recursive: true })
    const path = join(this.media, rel, filename)
    writeFileSync(path, randomFillSync(Buffer.alloc(size)))
    makeOld(path)
    return { type: 'lesson', rel, filename, title, subtitle: 'Module 3 · Leçon', size }
  }

  /** Replaces the file of a lesson by a film of `seconds`, 320 × 180; `codec`: options of ffmpeg. */
  film(item: CatalogueItem, seconds: number, codec: readonly string[]): void {
    const source = ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=10', '-t', String(seconds)]
    execFileSync('ffmpeg', [...source, ...codec, this.path(item)])
    makeOld(this.path(item))
    item.size = statSync(this.path(item)).size
  }

  /** Adds a picture to the page and returns its path. */
  addPicture(name: string, hue = 0): string {
    mkdirSync(join(this.page, 'pictures'), { recursive: true })
    const options = ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'mandelbrot=size=320x180:start_scale=0.6', '-vf', `hue=h=${hue}`]
    execFileSync('ffmpeg', [...options, '-frames:v', '1', join(this.page, 'pictures', name)])
    return `/pictures/${name}`
  }

  path(item: CatalogueItem): string {
    return join(this.media, item.rel, item.filename)
  }

  /** What the page will list from the next start on. */
  setCatalogue(items: readonly CatalogueItem[], more: object = { user_id: 'trainer123' }): void {
    const title = 'Prendre la parole en public'
    writeFileSync(join(this.page, 'catalogue.json'), JSON.stringify({ title, ...more, items }))
  }

  /** `isDev`: programs on this machine may request tokens without a credential; `clock`: the one it lives by. */
  async start(settings: Readonly<Record<string, string | number>> = {}, isDev = true, clock?: Clock): Promise<void> {
    this.port ||= await freePort()
    const flags = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const child = spawn(
      binary,
      ['serve', ...(isDev ? ['--dev'] : []), '--listen', `127.0.0.1:${this.port}`, '--media-root', this.media,
        '--set', `web.root=${this.page}`, '--access-log', 'off', ...flags],
      { env: { PATH: process.env['PATH'], SLUICE_SECRET: secret, ...clock?.environment } },
    )
    this.#process = child
    this.#log = ''
    await new Promise<void>((ready, fail) => {
      const hear = (data: Buffer): void => {
        this.#log += data.toString()
        if (this.#log.includes('"listening"')) ready()
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', hear)
      child.on('exit', () => fail(new Error(`sluice ended: ${this.#log}`)))
      child.on('error', fail)
    })
  }

  /** Ends it as a crash would: no farewell on any connection. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#process
    if (child === undefined || !this.isRunning) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await gone
  }

  /** A slow wire to it, which can be cut. */
  async pace(bytesPerSecond: number): Promise<Pace> {
    return await new Pace(this.port, bytesPerSecond).open()
  }

  async dispose(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** The file looks an hour old: it has no ETag during its first two seconds, and without one no download continues. */
function makeOld(path: string): void {
  const hourAgo = Date.now() / 1_000 - 3_600
  utimesSync(path, hourAgo, hourAgo)
}

/**
 * A port that no connection is given by itself (those begin at 32768): while the service is down, a browser that tries
 * again, or the test in the other process, could get its port.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const isFree = await new Promise<boolean>((found) => {
      const probe = createServer()
      probe.on('error', () => found(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => found(true)))
    })
    if (isFree) return port
  }
}
