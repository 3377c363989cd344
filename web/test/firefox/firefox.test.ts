// The page in Firefox ESR, through WebDriver BiDi: what depends most on the browser. Chromium has the full tests.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer, { type Browser, type BrowserContext, type Page } from 'puppeteer-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { isKept } from '../browser/support/kept.js'
import { Pace } from '../browser/support/pace.js'
import { Sluice, type CatalogueItem } from '../browser/support/sluice.js'

const MB = 1_000_000
const patience = 30_000 // for a busy machine

let sluice: Sluice
let large: CatalogueItem
let film: CatalogueItem
let browser: Browser
let visitor: BrowserContext
let downloads: string
let pace: Pace | undefined

beforeAll(async () => {
  sluice = new Sluice()
  large = sluice.addLesson('Poser sa voix', 8 * MB)
  film = sluice.addLesson('Respirer avant de parler', 10)
  sluice.film(film, 20, ['-c:v', 'libvpx', '-f', 'webm'])
  sluice.setCatalogue([large, film])
  await sluice.start({ 'limits.requests_per_connection': 1 })
  downloads = join(sluice.folder, 'downloads')
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env['SLUICE_FIREFOX_BINARY'] ?? '/usr/bin/firefox-esr',
    headless: true,
    extraPrefsFirefox: {
      'browser.download.folderList': 2,
      'browser.download.dir': downloads,
      'browser.download.always_ask_before_handling_new_types': false,
      'browser.helperApps.neverAsk.saveToDisk': 'video/mp4,application/octet-stream',
      'intl.accept_languages': 'fr-FR',
      'media.autoplay.default': 0,
    },
  })
})
afterAll(async () => {
  await browser.close()
  await sluice.dispose()
})

beforeEach(async () => {
  mkdirSync(downloads, { recursive: true })
  visitor = await browser.createBrowserContext()
})
afterEach(async () => {
  await visitor.close()
  await pace?.close()
  pace = undefined
  rmSync(downloads, { recursive: true, force: true })
  if (!sluice.isRunning) await sluice.start({ 'limits.requests_per_connection': 1 })
})

/** A tab of the page, behind a wire of that speed if one is given. */
async function open(bytesPerSecond?: number): Promise<Page> {
  if (bytesPerSecond !== undefined) pace ??= await sluice.pace(bytesPerSecond)
  const page = await visitor.newPage()
  await page.goto(pace?.url ?? sluice.url)
  await page.waitForSelector('#list[aria-busy="false"] .card')
  return page
}

/** Presses the button of a card whose label begins with `name`. */
async function press(page: Page, { title }: CatalogueItem, name: string): Promise<void> {
  const found = await page.waitForSelector(`.card button[aria-label^="${name}"][aria-label$="${title}"]`, { timeout: patience })
  await found!.click()
}

/** Waits until the card of `item` is in a state, has so many percent, and the words are on it. */
async function shows(page: Page, { title }: CatalogueItem, state: string, percent = 0, words = ''): Promise<void> {
  await page.waitForFunction(
    (title: string, state: string, percent: number, words: string) => {
      const card = [...document.querySelectorAll<HTMLElement>('.card')].find((each) => each.querySelector('.name')!.textContent === title)
      if (card?.dataset['state'] !== state || !card.innerText.includes(words)) return false
      return Number(card.querySelector('.bar')!.getAttribute('aria-valuenow')) >= percent
    },
    { timeout: patience, polling: 50 },
    title, state, percent, words,
  )
}

/** Waits for the file that the browser saves, and compares it with the one on the server. */
async function savesWhole(item: CatalogueItem): Promise<void> {
  const wanted = readFileSync(sluice.path(item))
  const path = join(downloads, item.filename)
  await expect
    .poll(() => existsSync(path) && !readdirSync(downloads).some((name) => name.endsWith('.part')) && readFileSync(path).equals(wanted), {
      timeout: patience,
      interval: 50,
    })
    .toBe(true)
}

function rangesOf(page: Page): (string | undefined)[] {
  const ranges: (string | undefined)[] = []
  page.on('request', (request) => {
    if (request.url().includes('/download2/')) ranges.push(request.headers()['range'])
  })
  return ranges
}

it.each(['private', 'worker', 'memory'])('saves a file byte for byte with the method %s', async (method) => {
  const page = await open()
  await page.select('#method', method)
  await press(page, large, 'Télécharger')
  await shows(page, large, 'done')
  await savesWhole(large)
})

it('offers no method that Firefox lacks', async () => {
  const page = await open()
  const methods = await page.$$eval('#method option', (all) => all.map((one) => one.value))
  expect(methods).toEqual(['auto', 'private', 'worker', 'memory'])
})

it('keeps the state over a reload, and continues behind the last byte', async () => {
  const page = await open(1 * MB)
  await press(page, large, 'Télécharger')
  await shows(page, large, 'running', 25)
  await press(page, large, 'Pause')
  await shows(page, large, 'paused', 25)
  await page.reload()
  await shows(page, large, 'paused', 25, 'sur 8,0')
  const ranges = rangesOf(page)
  await press(page, large, 'Reprendre')
  await savesWhole(large)
  expect(ranges.filter((range) => /^bytes=[1-9]\d+-$/.test(range ?? '')).length).toBeGreaterThan(0)
  expect(ranges.filter((range) => range === undefined)).toEqual([])
})

it('continues when the network was cut and is back', async () => {
  const page = await open(1 * MB)
  await press(page, large, 'Télécharger')
  await shows(page, large, 'running', 20)
  pace!.cut()
  await shows(page, large, 'waiting', 20)
  const ranges = rangesOf(page)
  pace!.release()
  await savesWhole(large)
  expect(ranges.some((range) => /^bytes=[1-9]\d+-$/.test(range ?? ''))).toBe(true)
})

it('opens without the service, and plays what is kept', async () => {
  const page = await open()
  await page.waitForFunction(isKept, { polling: 100 })
  await press(page, film, 'Garder ici')
  await shows(page, film, 'done', 100, 'Gardée sur cette page')
  await sluice.kill()
  await page.reload()
  await shows(page, film, 'done', 100, 'Gardée sur cette page')
  await press(page, film, 'Regarder')
  await page.waitForFunction(() => document.querySelector('video')!.currentTime > 0.2, { timeout: patience })
  expect(await page.$eval('video', (video) => [video.src.slice(0, 5), video.videoWidth])).toEqual(['blob:', 320])
})

it('plays what is not kept, and seeks', async () => {
  const page = await open()
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  await press(page, film, 'Regarder')
  await page.waitForFunction(() => document.querySelector('video')?.videoWidth === 320, { timeout: patience })
  const at = await page.$eval('video', (video) => new Promise<number>((done) => {
    video.addEventListener('seeked', () => done(video.currentTime))
    video.currentTime = 15
  }))
  expect(at).toBeCloseTo(15, 0)
})

it('shows one state in two tabs, and steers it from both', async () => {
  const first = await open(400_000)
  await press(first, large, 'Télécharger')
  await shows(first, large, 'running', 10)
  const second = await open(400_000)
  await shows(second, large, 'running', 15)
  await press(second, large, 'Pause')
  await first.bringToFront()
  await shows(first, large, 'paused', 10)
  await press(first, large, 'Annuler')
  await shows(second, large, 'cancelled')
})
