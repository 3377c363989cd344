// The ways to save that are not the usual one, and the page itself: accessible, small, strict.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findings } from './support/axe.js'
import { desktop, phone, picture, settle, states, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const MB = 1_000_000

let sluice: Sluice
let large: CatalogueItem
let gone: CatalogueItem
let visitor: Visitor
let list: List

beforeAll(async () => {
  sluice = new Sluice()
  large = sluice.addLesson('Écouter l’autre (日本語)', 8 * MB, 'lesson042')
  large = { ...large, title: 'Écouter l’autre' }
  gone = { ...large, title: 'Vidéo retirée', filename: 'retirée.mp4' }
  sluice.setCatalogue([large, gone])
  await sluice.start({ 'limits.requests_per_connection': 1 })
})
afterAll(() => sluice.dispose())

async function open(options: typeof phone | typeof desktop): Promise<void> {
  visitor = await visit(sluice.url, options)
  list = new List(visitor.page, sluice)
}

describe('other ways to save', () => {
  beforeEach(() => open(desktop))
  afterEach(() => visitor.close())

  it('leaves it to the browser’s download manager through the service worker', async () => {
    await list.chooseMethod('worker')
    const download = await list.save(large)
    expect(download.suggestedFilename()).toBe(large.filename)
    await list.state(large, 'done')
    expect(await list.isWhole(download, large)).toBe(true)
    expect(download.url()).toContain('/stream/')
    const stored = await visitor.page.evaluate(() => navigator.storage.estimate())
    expect(stored.usage ?? 0).toBeLessThan(4 * MB) // nothing of the file passed through storage
    expect(visitor.complaints).toEqual([])
  })

  it('goes on within the service worker when the server is killed and comes back', async () => {
    const downloading = visitor.page.waitForEvent('download')
    const paced = await sluice.pace(1 * MB) // what CDP slows down is the page, not its workers
    await visitor.page.goto(paced.url)
    await list.chooseMethod('worker')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    paced.cut()
    await list.state(large, 'waiting')
    paced.release()
    const download = await downloading
    await list.state(large, 'done')
    expect(await list.isWhole(download, large)).toBe(true)
    await paced.close()
  })

  it('pauses, resumes and cancels in the service worker', async () => {
    const paced = await sluice.pace(1 * MB)
    await visitor.page.goto(paced.url)
    await list.chooseMethod('worker')
    const downloading = visitor.page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 15)
    await list.press(large, /^Pause/)
    await list.state(large, 'paused')
    await list.press(large, /^Reprendre/)
    await list.reaches(large, 30)
    await list.press(large, /^Annuler/)
    await list.state(large, 'cancelled')
    expect(await (await downloading).failure()).toMatch(/cancel|fail/i)
    await paced.close()
  })

  it('says what the service worker was refused', async () => {
    await list.chooseMethod('worker')
    await list.press(gone, /^Télécharger/)
    await list.state(gone, 'failed')
    expect(await list.text(gone)).toContain('n’existe plus')
  })

  it('writes into a file that the user picked', async () => {
    // The dialog is the browser's own; everything behind it is real.
    await visitor.page.evaluate(() => {
      Object.assign(globalThis, {
        showSaveFilePicker: async () =>
          (await navigator.storage.getDirectory()).getFileHandle('picked', { create: true }),
      })
    })
    await visitor.page.evaluate(() => {
      const select = document.querySelector<HTMLSelectElement>('#method')!
      select.append(new Option('picker', 'picker'))
    })
    await list.chooseMethod('picker')
    await list.press(large, /^Télécharger/)
    await list.state(large, 'done')
    const written = await visitor.page.evaluate(async () => {
      const root = await navigator.storage.getDirectory()
      const file = await (await root.getFileHandle('picked')).getFile()
      const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
      return Array.from(new Uint8Array(digest))
    })
    const { createHash } = await import('node:crypto')
    expect(written).toEqual([...createHash('sha256').update(readFileSync(sluice.path(large))).digest()])
  })

  it('keeps it in memory as a last resort', async () => {
    await list.chooseMethod('memory')
    expect(await visitor.page.locator('#hint').innerText()).toContain('256 Mo')
    const download = await list.save(large)
    expect(await list.isWhole(download, large)).toBe(true)
  })

  it('takes a video from the address', async () => {
    const query = new URLSearchParams({ type: 'lesson', user_id: 'trainer123', rel: large.rel, filename: large.filename, title: 'Votre compte est bloqué' })
    await visitor.page.goto(`${sluice.url}/#${query}`)
    await visitor.page.reload()
    const known = { ...large, title: large.title }
    expect(await visitor.page.getByText('Votre compte').count()).toBe(0) // a link has no say in what the page says
    await list.card(known).waitFor()
    expect(await list.isWhole(await list.save(known), known)).toBe(true)
  })
})

describe.each([
  ['phone', phone],
  ['desktop', desktop],
])('the page on a %s', (size, options) => {
  beforeAll(() => open(options))
  afterAll(() => visitor.close())

  it.each(['light', 'dark'] as const)('has nothing that axe objects to, %s', async (theme) => {
    const { page } = visitor
    await page.emulateMedia({ colorScheme: theme })
    if (theme === 'light') {
      await list.press(gone, /^Télécharger/)
      await list.state(gone, 'failed')
    }
    await list.save(large, /^(Télécharger|Enregistrer à nouveau)/)
    await list.state(large, 'done')
    expect(await findings(page)).toEqual([])
    if (theme === 'dark' && size === 'phone') await states(page, 'saved')
  })

  it('is used by keyboard alone, in the order it is read', async () => {
    const { page } = visitor
    await page.reload()
    await list.card(large).waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip')
    for (const wanted of ['language', 'theme', 'all']) {
      await page.keyboard.press('Tab')
      expect(await page.evaluate(() => document.activeElement?.id)).toBe(wanted)
    }
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('poster')
    await page.keyboard.press('Tab')
    const downloading = page.waitForEvent('download')
    await page.keyboard.press('Enter')
    await downloading
  })

  it('speaks English and remembers it', async () => {
    const { page } = visitor
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('button', { name: 'Download all' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Download all' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en')
    await page.getByRole('button', { name: 'Français' }).click()
  })

  it('fits the screen, has buttons for thumbs, and moves nothing for those who mind', async () => {
    const { page } = visitor
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(options.viewport.width)
    const small = await page.getByRole('button').evaluateAll((all) =>
      all.map((each) => each as HTMLElement).filter((each) => Math.min(each.offsetWidth, each.offsetHeight) < 44).map((each) => each.outerHTML),
    )
    expect(small).toEqual([])
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const duration = await page
      .locator('.fill')
      .first()
      .evaluate((node) => parseFloat(getComputedStyle(node).transitionDuration))
    expect(duration).toBeLessThan(0.001)
    expect(visitor.foreign).toEqual([])
    expect(visitor.complaints.filter((text) => !text.includes('404'))).toEqual([])
  })
})

describe('at 320 px with text of twice the size', () => {
  beforeAll(() => open(phone))
  afterAll(() => visitor.close())

  it('reflows: nothing is cut off, and nothing needs to be scrolled sideways', async () => {
    const { page } = visitor
    await page.setViewportSize({ width: 320, height: 640 })
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
    await settle(page)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    await picture(page, 'reflow')
    expect(width).toBeLessThanOrEqual(320)
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, .state, .meta, #summary')]
        .filter((each) => each.scrollWidth > each.clientWidth + 1)
        .map((each) => each.outerHTML.slice(0, 80)),
    )
    expect(cut).toEqual([])
  })
})

it('says that the list could not be loaded, keeps the retry, and never says that there are no videos', async () => {
  visitor = await visit(sluice.url, phone, async (page) => {
    await page.route('**/catalogue.json', (route) => route.fulfill({ status: 503, body: '' }))
  })
  const { page } = visitor
  await page.getByText('La liste des vidéos n’a pas pu être chargée.').waitFor()
  expect(await page.getByText('Aucune vidéo').count()).toBe(0)
  await states(page, 'list-failed')
  expect(await findings(page)).toEqual([])
  await page.waitForTimeout(8_000) // longer than a message is shown
  await page.unroute('**/catalogue.json')
  await page.getByRole('button', { name: 'Réessayer' }).click()
  await page.locator('.card').first().waitFor()
  expect(await page.locator('#failed').isVisible()).toBe(false)
  await visitor.close()
})

it.each([
  [['de-DE', 'it'], 'en'],
  [['es', 'fr-CA', 'en'], 'fr'],
])('speaks the first language of the browser that it knows: %j is %s', async (languages, expected) => {
  visitor = await visit(sluice.url, phone, (page) =>
    page.addInitScript((tags) => Object.defineProperty(navigator, 'languages', { value: tags }), languages),
  )
  expect(await visitor.page.evaluate(() => document.documentElement.lang)).toBe(expected)
  await visitor.close()
})

it('asks first on a metered connection', async () => {
  visitor = await visit(sluice.url, phone, (page) =>
    page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { saveData: true } })),
  )
  list = new List(visitor.page, sluice)
  await list.press(large, /^Télécharger/)
  const question = visitor.page.getByRole('dialog', { name: 'Télécharger cette vidéo ?' })
  expect(await question.innerText()).toMatch(/économie de données.*8,0\sMo/s)
  expect(await findings(visitor.page)).toEqual([])
  await states(visitor.page, 'metered')
  const downloading = visitor.page.waitForEvent('download')
  await question.getByRole('button', { name: 'Télécharger sur mon appareil' }).click()
  expect(await list.isWhole(await downloading, large)).toBe(true)
  await visitor.close()
})

it('keeps its scripts within 30 KiB compressed', () => {
  const packed = ['', 'assets']
    .flatMap((folder) => readdirSync(join(sluice.page, folder)).map((name) => join(sluice.page, folder, name)))
    .filter((path) => path.endsWith('.js.gz'))
  const total = packed.reduce((sum, path) => sum + readFileSync(path).length, 0)
  console.log(`JavaScript: ${total} bytes compressed`)
  expect(packed.length).toBe(3)
  expect(total).toBeLessThanOrEqual(30 * 1024)
})
