// The packed package in a fresh project of each bundler: it downloads in Chromium without configuration.

import { readFileSync, rmSync, mkdtempSync, writeFileSync, copyFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { executablePath, flags } from '../browser/support/chromium.js'
import { Sluice, type CatalogueItem } from '../browser/support/sluice.js'
import { Front, Project } from './support/project.js'

const hasAll = process.env['SLUICE_BUNDLERS'] === 'all'
const profile = mkdtempSync(join(tmpdir(), 'sluice-chromium-'))

let sluice: Sluice
let video: CatalogueItem
let context: BrowserContext
let page: Page
let closing: (() => void)[] = []

beforeAll(async () => {
  sluice = new Sluice()
  video = sluice.addLesson('Prendre appui', 3_000_000)
  await sluice.start()
  context = await chromium.launchPersistentContext(profile, { executablePath, args: flags, headless: true, acceptDownloads: true })
})
afterAll(async () => {
  await context.close()
  await sluice.dispose()
  rmSync(profile, { recursive: true, force: true })
})
beforeEach(async () => {
  page = await context.newPage()
})
afterEach(async () => {
  await page.close()
  closing.splice(0).forEach((close) => close())
})

async function project(name: string): Promise<Project> {
  const made = await Project.create(name)
  closing.push(() => made.dispose())
  return made
}

async function front(folder: string, fields: Record<string, string> = {}): Promise<string> {
  const made = new Front(folder, () => sluice.port, fields)
  closing.push(() => made.close())
  return await made.open()
}

function address(base: string, more: Record<string, string> = {}): string {
  const { type, rel, filename } = video
  return `${base}/?${new URLSearchParams({ type, rel, filename, user_id: 'trainer123', ...more })}`
}

/** Opens the app and compares the file that the browser saves. */
async function downloads(base: string, more: Record<string, string> = {}): Promise<void> {
  const said: string[] = []
  page.on('console', (message) => void said.push(message.text()))
  const saving = page.waitForEvent('download', { timeout: 45_000 })
  saving.catch(() => {})
  await page.goto(address(base, more))
  const file = await saving.catch(async () => {
    throw new Error(`${await page.title()}: ${said.join('\n')}`)
  })
  expect(file.suggestedFilename()).toBe(video.filename)
  expect(readFileSync(await file.path()).equals(readFileSync(sluice.path(video)))).toBe(true)
  await page.waitForFunction(() => document.title === 'done')
}

/** Vite's and Next's rules for the service: the short form of Vite rewrites Host. */
const viteProxy = (): string =>
  `export default { server: { proxy: { '/api': 'http://127.0.0.1:${sluice.port}', '/download2': 'http://127.0.0.1:${sluice.port}' } } }\n`

describe('Vite', () => {
  it('downloads in the development server, behind its proxy that rewrites Host', async () => {
    const made = await project('vite')
    writeFileSync(join(made.folder, 'vite.config.js'), viteProxy())
    const base = await made.serve('vite/bin/vite.js', '--host', '127.0.0.1', '--port', '0')
    await downloads(base)
  })

  it('downloads in what it builds', async () => {
    const made = await project('vite')
    await made.run('npx', '--no-install', 'vite', 'build')
    await downloads(await front(join(made.folder, 'dist')))
  })
})

describe('esbuild', () => {
  const build = async (): Promise<Project> => {
    const made = await project('esbuild')
    await made.run('npx', '--no-install', 'esbuild', 'main.js', '--bundle', '--minify', '--format=esm', '--outdir=out')
    return made
  }

  it('downloads in what it bundles', async () => {
    await downloads(await front((await build()).folder))
  })

  it('downloads through the service worker that is copied beside the page', async () => {
    const made = await build()
    copyFileSync(join(made.folder, 'node_modules/sluice-download/dist-package/sw.js'), join(made.folder, 'sw.js'))
    await downloads(await front(made.folder), { method: 'worker' })
  })

  it('says which permission is missing at another origin, and that a network failed when it did', async () => {
    const made = await build()
    const base = await front(made.folder)
    const endpoint = `${sluice.url}/api/get-download-token/v2`
    await page.goto(address(base, { endpoint }))
    await page.waitForFunction(() => document.title.startsWith('failed'))
    expect(await page.title()).toBe('failed cross-origin')
    const cause = await page.evaluate(() => document.documentElement.dataset['cause'])
    expect(cause).toContain(`${sluice.url} does not allow requests from ${base}`)
    await sluice.kill()
    await page.goto(address(base, { endpoint }))
    await page.waitForFunction(() => document.title.startsWith('failed'))
    expect(await page.title()).toBe('failed network')
    await sluice.start({ 'cors.allowed_origins': base })
    await downloads(base, { endpoint })
  })

  it('writes with the script of storageWorker where the policy of the page blocks the inner one', async () => {
    const made = await build()
    copyFileSync(join(made.folder, 'node_modules/sluice-download/dist-package/sw.js'), join(made.folder, 'sw.js'))
    const base = await front(made.folder, { 'Content-Security-Policy': "default-src 'self'" })
    await page.goto(address(base))
    await page.waitForFunction(() => document.title.startsWith('failed'))
    expect(await page.title()).toBe('failed storage-denied')
    expect(await page.evaluate(() => document.documentElement.dataset['cause'])).toContain('worker-src')
    await downloads(base, { storageWorker: '/sw.js' })
  })
})

describe('no bundler', () => {
  it('downloads from a module script', async () => {
    await downloads(await front((await project('plain')).folder))
  })
})

describe.runIf(hasAll)('webpack 5', () => {
  it('downloads in what it builds', async () => {
    const made = await project('webpack')
    await made.run(process.execPath, 'build.mjs')
    await downloads(await front(made.folder))
  })
})

describe.runIf(hasAll)('Next.js', () => {
  it('downloads in what it builds', async () => {
    const made = await project('next')
    await made.run('npx', '--no-install', 'next', 'build')
    const base = await made.serve('next/dist/bin/next', 'start', '--port', '0', '--hostname', '127.0.0.1')
    await sluice.kill()
    await sluice.start({ 'cors.allowed_origins': base })
    await downloads(base, { endpoint: `${sluice.url}/api/get-download-token/v2` })
  }, 240_000)
})
