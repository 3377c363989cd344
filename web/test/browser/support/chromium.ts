// Debian's Chromium, fresh for each test file, at the sizes that the page is designed for.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'

const here = dirname(new URL(import.meta.url).pathname)
const pictures = resolve(here, '../../../../docs/web')

export const executablePath = process.env['SLUICE_CHROMIUM'] ?? '/usr/bin/chromium'

export const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
export const desktop = { viewport: { width: 1280, height: 800 } }

export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Requests that left for anywhere but the service. */
  readonly foreign: string[]
  /** Errors in the console and uncaught ones, refused by the policy included. */
  readonly complaints: string[]
  /** Bytes per second that the page receives from now on; 0 takes the limit away. */
  slow(bytesPerSecond: number): Promise<void>
  /** Bytes that the origin may store; undefined gives it what the browser thinks. */
  quota(bytes?: number): Promise<void>
  /** Messages stay while the pointer is on them: puts it there, for the eye of a test. */
  hold(isHeld?: boolean): Promise<void>
  close(): Promise<void>
}

/** One visitor with a browser and a profile of their own. */
export async function visit(
  url: string,
  options: typeof phone | typeof desktop = desktop,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Visitor> {
  const profile = mkdtempSync(join(tmpdir(), 'sluice-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: flags,
    headless: true,
    locale: 'fr-FR',
    acceptDownloads: true,
    ...options,
  })
  const page = context.pages()[0] ?? (await context.newPage())
  page.setDefaultTimeout(45_000) // for a busy machine; a test has 120 s
  const foreign: string[] = []
  const complaints: string[] = []
  context.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) {
      foreign.push(request.url())
    }
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await prepare?.(page)
  await page.goto(url)
  await page.waitForSelector('#list[aria-busy="false"]', { state: 'attached' })
  return {
    page,
    context,
    foreign,
    complaints,
    slow: async (bytesPerSecond) => {
      await session.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: bytesPerSecond === 0 ? 0 : 20,
        downloadThroughput: bytesPerSecond === 0 ? -1 : bytesPerSecond,
        uploadThroughput: -1,
      })
    },
    quota: async (quotaSize) => {
      await session.send('Storage.overrideQuotaForOrigin', {
        origin: url,
        ...(quotaSize !== undefined && { quotaSize }),
      })
      if (quotaSize !== undefined) return
      await page.waitForFunction(async (bytes) => ((await navigator.storage.estimate()).quota ?? 0) > bytes, 64 << 20)
    },
    hold: (isHeld = true) => hold(page, isHeld),
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }) // a process may still write
    },
  }
}

function hold(page: Page, isHeld: boolean): Promise<void> {
  const event = isHeld ? 'pointerenter' : 'pointerleave'
  return page.evaluate((event) => document.querySelectorAll('.snack').forEach((each) => each.dispatchEvent(new Event(event))), event)
}

/** A picture for docs/, taken where SLUICE_SCREENSHOTS asks for new ones. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['SLUICE_SCREENSHOTS'] === undefined) return
  await settle(page)
  compose(name, [await page.screenshot({ scale: 'css' })], '[0]null')
}

/** One picture of the present state on a phone (left) and a desktop, light (above) and dark. */
export async function states(page: Page, name: string): Promise<void> {
  if (process.env['SLUICE_SCREENSHOTS'] === undefined) return
  const before = page.viewportSize()!
  await hold(page, true) // messages stay while the pictures are taken
  const views: Buffer[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 800]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 760 })
      await settle(page)
      views.push(await page.screenshot({ scale: 'css' }))
    }
  }
  await page.emulateMedia({ colorScheme: null })
  await page.setViewportSize(before)
  await hold(page, false)
  const gap = 'color=#808080'
  const rows = `[0]pad=iw+8:ih+8:${gap}[a];[1]pad=iw:ih+8:${gap}[b];[2]pad=iw+8:ih:${gap}[c];[a][b]hstack[x];[c][3]hstack[y];[x][y]vstack`
  compose(name, views, rows)
}

/** Waits until colours and bars are what they will be, in two pictures of the page. */
export function settle(page: Page): Promise<unknown> {
  return page.evaluate(async () => {
    const frame = (): Promise<unknown> => new Promise(requestAnimationFrame)
    const isRunning = (one: Animation): boolean => {
      const target = (one.effect as KeyframeEffect | null)?.target
      const isFinite = one.effect?.getComputedTiming().endTime !== Infinity
      // Those of cards outside the screen do not end: their layout is left out.
      return isFinite && one.playState === 'running' && (target?.checkVisibility({ contentVisibilityAuto: true }) ?? false)
    }
    await frame()
    await frame()
    const begun = document.getAnimations().filter(isRunning) // the bar of a download begins another with every byte
    while (begun.some(isRunning)) await frame()
  })
}

/** Writes a PNG that `filter` makes of the views. 64 colours look the same and weigh a quarter. */
function compose(name: string, views: readonly Buffer[], filter: string): void {
  mkdirSync(pictures, { recursive: true })
  const folder = mkdtempSync(join(tmpdir(), 'sluice-picture-'))
  const inputs = views.flatMap((view, i) => {
    const path = join(folder, `${i}.png`)
    writeFileSync(path, view)
    return ['-i', path]
  })
  const palette = 'split[p][q];[p]palettegen=64[r];[q][r]paletteuse=dither=none'
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...inputs, '-filter_complex', `${filter},${palette}`, '-compression_level', '100', join(pictures, `${name}.png`)])
  rmSync(folder, { recursive: true })
}
