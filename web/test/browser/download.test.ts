import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { desktop, phone, picture, states, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const MB = 1_000_000

let sluice: Sluice
let small: CatalogueItem
let large: CatalogueItem
let others: CatalogueItem[]
let gone: CatalogueItem
let foreign: CatalogueItem

beforeAll(async () => {
  sluice = new Sluice()
  large = sluice.addLesson('Été à la plage', 12 * MB)
  small = sluice.addLesson('Respirer avant de parler', 3 * MB)
  others = [1, 2, 3, 4].map((n) => sluice.addLesson(`Exercice ${n}`, 1 * MB))
  gone = { ...small, title: 'Vidéo retirée', filename: 'retirée.mp4' }
  foreign = { ...small, title: 'Une autre formation', user_id: 'trainer999', rel: 'trainer123/course456/module789/autre' }
  sluice.setCatalogue([large, small, ...others, gone, foreign])
})
afterAll(() => sluice.dispose())

const start = () => sluice.start({ 'limits.requests_per_connection': 1 })

describe.each([
  ['phone', phone],
  ['desktop', desktop],
])('on a %s', (size, options) => {
  let visitor: Visitor
  let list: List

  beforeAll(async () => {
    if (!sluice.isRunning) await start()
    visitor = await visit(sluice.url, options)
    list = new List(visitor.page, sluice)
  })
  afterAll(() => visitor.close())

  const slow = (bytesPerSecond: number) => visitor.slow(bytesPerSecond)

  it('shows skeletons while the list is loading, and moves nothing when it comes', async () => {
    const { page } = visitor
    let release = (): void => {}
    const held = new Promise<void>((done) => (release = done))
    await page.route('**/catalogue.json', async (route) => {
      await held
      await route.continue()
    })
    await page.evaluate(() => localStorage.clear()) // a later visit has the list of the last one
    await page.goto(sluice.url, { waitUntil: 'commit' })
    await page.locator('.skeleton').first().waitFor()
    if (size === 'phone') await states(page, 'skeleton')
    const before = await page.locator('.card').first().boundingBox()
    release()
    await list.card(large).waitFor()
    await page.unroute('**/catalogue.json')
    await expect.poll(() => page.locator('.card').first().boundingBox()).toEqual(before)
  })

  it('saves the file byte for byte under its own name', async () => {
    if (size === 'desktop') await picture(visitor.page, 'desktop-list')
    const download = await list.save(large)
    expect(download.suggestedFilename()).toBe(large.filename)
    await list.state(large, 'done')
    expect(await list.isWhole(download, large)).toBe(true)
    const again = await list.save(large, /^Enregistrer à nouveau/)
    expect(await list.isWhole(again, large)).toBe(true)
    await list.press(large, /^Retirer/)
    await list.state(large, 'cancelled')
    await list.dismissSnackbars()
    expect(visitor.complaints).toEqual([])
    expect(visitor.foreign).toEqual([])
  })

  it('shows speed and remaining time on a slow network, pauses and resumes', async () => {
    await slow(1 * MB)
    const downloading = visitor.page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    await list.says(large, 'running', /[KM]o\/s.*(reste|presque)/s)
    await picture(visitor.page, `${size}-running`)
    await list.press(large, /^Pause/)
    await list.state(large, 'paused')
    const at = await list.share(large)
    await visitor.page.waitForTimeout(400)
    expect(await list.share(large)).toBe(at)
    await slow(0)
    await list.press(large, /^Reprendre/)
    expect(await list.isWhole(await downloading, large)).toBe(true)
    await list.press(large, /^Retirer/)
    await list.dismissSnackbars()
  })

  it('goes on when the server is killed in mid-download and comes back', async () => {
    await slow(1 * MB)
    const { page } = visitor
    const downloading = page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    const most = await page.evaluateHandle(() => {
      const most = { said: 0 } // of the same message at a time
      new MutationObserver(() => {
        const said = [...document.querySelectorAll('.snack:not(.leaving)')].filter((each) => each.textContent!.includes('a été interrompue'))
        most.said = Math.max(most.said, said.length)
      }).observe(document.getElementById('snackbars')!, { childList: true, subtree: true })
      return most
    })
    await sluice.kill()
    await list.says(large, 'waiting', /connexion a été interrompue. Reprise dans \d+ s/)
    if (size === 'phone') await states(page, 'waiting')
    await slow(0)
    for (let i = 0; i < 2; i++) await page.waitForEvent('requestfailed') // it tries again, and says so once
    await list.says(large, 'waiting', /connexion a été interrompue/)
    expect(await most.evaluate(({ said }) => said)).toBe(1)
    const ranges: (string | undefined)[] = []
    page.on('request', (request) => void ranges.push(request.headers()['range']))
    await start()
    expect(await list.isWhole(await downloading, large)).toBe(true)
    expect(ranges.some((range) => /^bytes=[1-9]\d+-$/.test(range ?? ''))).toBe(true)
    await list.press(large, /^Retirer/)
  })

  it('goes on after a reload, behind the last byte', async () => {
    await slow(1 * MB)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 30)
    const asked = visitor.page.waitForRequest((request) => 'range' in request.headers())
    const downloading = visitor.page.waitForEvent('download')
    await visitor.page.reload()
    expect((await asked).headers()['range']).toMatch(/^bytes=[1-9]\d+-$/)
    await slow(0)
    expect(await list.isWhole(await downloading, large)).toBe(true)
    await list.press(large, /^Retirer/)
  })

  it('says what is refused, in words for people', async () => {
    await list.press(gone, /^Télécharger/)
    await list.state(gone, 'failed')
    expect(await list.text(gone)).toContain('n’existe plus')
    expect(await list.card(gone).getByRole('button', { name: /^Réessayer/ }).count()).toBe(0) // it would fail again
    const alert = visitor.page.getByRole('alert').filter({ hasText: 'Vous n’avez pas accès' }).waitFor()
    await list.press(foreign, /^Télécharger/)
    await list.state(foreign, 'failed')
    expect(await list.text(foreign)).toContain('Vous n’avez pas accès')
    await alert
    await list.card(gone).scrollIntoViewIfNeeded()
    if (size === 'phone') await states(visitor.page, 'refused')
  })
})
