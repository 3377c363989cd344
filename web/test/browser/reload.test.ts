// The page after a reload, in a second tab and at a later visit, and the data that it keeps.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findings } from './support/axe.js'
import { desktop, phone, states, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const MB = 1_000_000

let sluice: Sluice
let large: CatalogueItem
let others: CatalogueItem[]
let visitor: Visitor
let list: List

beforeAll(async () => {
  sluice = new Sluice()
  large = sluice.addLesson('Poser sa voix', 8 * MB)
  others = [1, 2, 3, 4].map((n) => sluice.addLesson(`Exercice ${n}`, 1 * MB))
  sluice.setCatalogue([large, ...others])
  await sluice.start({ 'limits.requests_per_connection': 1 })
})
afterAll(() => sluice.dispose())
afterEach(() => visitor.close())

async function open(options: typeof phone | typeof desktop): Promise<void> {
  visitor = await visit(sluice.url, options)
  list = new List(visitor.page, sluice)
}

/** The names of the files in private storage. */
function stored(): Promise<string[]> {
  return visitor.page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle('sluice', { create: true })
    const names: string[] = []
    for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name)
    return names
  })
}

describe('a reload', () => {
  beforeEach(() => open(phone))

  it('shows bar, bytes and percent before the list has been fetched, and goes on by itself', async () => {
    const { page } = visitor
    await visitor.slow(1 * MB)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 25)
    await visitor.slow(100_000) // it is still running when the test has looked
    let release = (): void => {}
    const held = new Promise<void>((done) => (release = done))
    await page.route('**/catalogue.json', async (route) => {
      await held
      await route.continue()
    })
    const downloading = page.waitForEvent('download')
    await page.reload({ waitUntil: 'commit' })
    await list.card(large).waitFor()
    expect(await list.share(large)).toBeGreaterThanOrEqual(25)
    await list.says(large, 'running', /\d+\s%/)
    await page.waitForFunction(() => /^\d+\s?% · /.test(document.title))
    release()
    await visitor.slow(0)
    expect(await list.isWhole(await downloading, large)).toBe(true)
    await page.waitForFunction(() => document.title === 'Téléchargements')
  })

  it('leaves what was paused as it was', async () => {
    await visitor.slow(1 * MB)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 25)
    await list.press(large, /^Pause/)
    await list.state(large, 'paused')
    await visitor.page.reload()
    await list.says(large, 'paused', /En pause · \d+\s%.*sur 8,0\sMo/s)
    expect(await list.share(large)).toBeGreaterThanOrEqual(25)
    await visitor.page.waitForTimeout(500)
    await list.state(large, 'paused')
  })

  it('continues the queue, also what had not begun', async () => {
    const { page } = visitor
    await visitor.slow(100_000)
    await page.getByRole('button', { name: 'Tout télécharger' }).click()
    await page.getByRole('dialog').getByRole('button', { name: /^Garder ici/ }).click()
    await list.state(others[3]!, 'queued')
    await page.reload()
    await list.state(others[3]!, 'queued')
    await visitor.slow(0)
    for (const item of [large, ...others]) await list.state(item, 'done')
    expect((await stored()).length).toBe(5)
  })
})

describe('two tabs', () => {
  beforeEach(() => open(desktop))

  it('are one state: the second shows and steers the download of the first', async () => {
    await visitor.slow(200_000)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 10)
    const second = new List(await visitor.context.newPage(), sluice)
    await second.page.goto(sluice.url)
    await second.says(large, 'running', /Mo\/s|Ko\/s/)
    const before = await second.share(large)
    await second.reaches(large, before + 5)
    await second.press(large, /^Pause/)
    await list.state(large, 'paused')
    await second.state(large, 'paused')
    await expect.poll(async () => (await second.share(large)) - (await list.share(large))).toBe(0)
    await visitor.slow(20_000) // it is still running when the test has looked
    const downloading = visitor.page.waitForEvent('download')
    await second.press(large, /^Reprendre/)
    await list.state(large, 'running')
    await states(second.page, 'second-tab')
    expect(await findings(second.page)).toEqual([])
    await visitor.slow(0)
    expect(await list.isWhole(await downloading, large)).toBe(true)
    await second.state(large, 'done')
    await list.press(large, /^Retirer/)
    await second.state(large, 'cancelled')
  })

  it('agree that a download has ended, also when the message about it is late', async () => {
    await visitor.slow(200_000)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 10)
    const page = await visitor.context.newPage()
    await page.addInitScript(() => {
      const { set } = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, 'onmessage')!
      Object.defineProperty(BroadcastChannel.prototype, 'onmessage', {
        set(this: BroadcastChannel, hear: (event: MessageEvent) => void) {
          set!.call(this, (event: MessageEvent) => setTimeout(() => hear(event), 200))
        },
      })
    })
    let savedAgain = 0
    page.on('download', () => void savedAgain++)
    const second = new List(page, sluice)
    await page.goto(sluice.url)
    await second.state(large, 'running')
    await visitor.slow(0)
    await list.state(large, 'done')
    await second.state(large, 'done')
    await page.waitForTimeout(1_000)
    expect(await list.card(large).getAttribute('data-state')).toBe('done')
    expect(savedAgain).toBe(0)
    await second.press(large, /^Retirer/)
    await list.state(large, 'cancelled')
  })

  it('hand the download over when the first one is closed', async () => {
    await visitor.slow(200_000)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 10)
    const second = new List(await visitor.context.newPage(), sluice)
    await second.page.goto(sluice.url)
    await second.state(large, 'running')
    const asked = second.page.waitForRequest((request) => 'range' in request.headers())
    const downloading = second.page.waitForEvent('download')
    await visitor.page.close()
    expect((await asked).headers()['range']).toMatch(/^bytes=[1-9]\d+-$/)
    expect(await second.isWhole(await downloading, large)).toBe(true)
  })
})

describe('the two intentions', () => {
  beforeEach(() => open(desktop))

  it('keeps a video in the page: it stays, is counted, and can be removed', async () => {
    const { page } = visitor
    let downloads = 0
    page.on('download', () => void downloads++)
    await list.press(large, /^Garder ici/)
    await list.says(large, 'done', /Gardée sur cette page/)
    await page.getByText('1 vidéo gardée ici : 8,0 Mo').waitFor()
    await states(page, 'kept')
    expect(await findings(page)).toEqual([])
    expect(downloads).toBe(0)
    await page.reload()
    await list.says(large, 'done', /Gardée sur cette page/)
    const download = await list.save(large, /^Enregistrer sur mon appareil/)
    expect(await list.isWhole(download, large)).toBe(true)
    await list.press(large, /^Retirer/)
    await list.state(large, 'cancelled')
    expect(await stored()).toEqual([])
  })

  it('frees the private copy of a video that the browser has saved', async () => {
    const { page } = visitor
    await page.clock.install()
    await page.reload()
    const download = await list.save(large)
    expect(await list.isWhole(download, large)).toBe(true)
    expect((await stored()).length).toBe(1)
    await page.clock.fastForward(10 * 60_000)
    await list.card(large).getByRole('button', { name: /^Télécharger/ }).waitFor()
    expect(await stored()).toEqual([])
    await page.reload()
    await list.state(large, 'cancelled')
  })
})
