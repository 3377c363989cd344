// Failures during a download. The real service or the real browser causes each fault.

import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { desktop, phone, states, visit, type Visitor } from './support/chromium.js'
import { Clock } from './support/clock.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const MB = 1_000_000

let sluice: Sluice
let large: CatalogueItem
let several: CatalogueItem[]
let visitor: Visitor
let list: List

beforeAll(async () => {
  sluice = new Sluice()
  large = sluice.addLesson('Poser sa voix', 8 * MB)
  several = [1, 2, 3, 4].map((n) => sluice.addLesson(`Exercice ${n}`, 1 * MB))
  sluice.setCatalogue([large, ...several])
})
afterAll(() => sluice.dispose())

const slow = (bytesPerSecond: number) => visitor.slow(bytesPerSecond)

async function open(options: typeof phone | typeof desktop): Promise<void> {
  visitor = await visit(sluice.url, options)
  list = new List(visitor.page, sluice)
}

/**
 * Holds as many connections as the service takes, and says nothing on them. While the browser still has one that is
 * about to close, the service refuses one of these: it is opened again.
 */
async function occupy(count: number): Promise<() => void> {
  const held = new Set<Socket>()
  let isOver = false
  let settledAt = Date.now()
  const hold = (): void => {
    if (isOver) return
    const socket = connect(sluice.port, '127.0.0.1')
    held.add(socket)
    settledAt = Date.now() + 300
    socket.on('error', () => {})
    socket.on('close', () => {
      held.delete(socket)
      setTimeout(hold, 20)
    })
    socket.resume()
  }
  for (let i = 0; i < count; i++) hold()
  while (held.size < count || Date.now() < settledAt) await new Promise((done) => setTimeout(done, 20))
  return () => {
    isOver = true
    held.forEach((socket) => socket.destroy())
  }
}

describe('a service that is full', () => {
  let release = (): void => {}
  afterEach(async () => {
    release()
    await visitor.close()
    await sluice.kill()
  })

  it.each([
    ['for one address', undefined, { 'limits.connections_per_peer': 6, 'limits.uncounted_peers': '::1' }],
    ['for everyone', 'busy', { 'limits.connections': 6 }],
  ])('%s answers 503, and the page comes back by itself', async (_, name, limits) => {
    await sluice.start({ ...limits, 'limits.requests_per_connection': 1, 'limits.header_timeout': 600 }) // for the silent ones
    await open(desktop)
    release = await occupy(6)
    const refused = visitor.page.waitForResponse((response) => response.status() === 503)
    const downloading = visitor.page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    expect((await refused).headers()['retry-after']).toMatch(/^\d+$/)
    await list.says(large, 'waiting', /très demandé/)
    if (name !== undefined) await states(visitor.page, name)
    release()
    expect(await list.isWhole(await downloading, large)).toBe(true)
  })
})

describe('with a service at rest', () => {
  let clock: Clock
  beforeAll(() => {
    clock = new Clock(join(sluice.folder, 'clock'))
    return sluice.start({ 'limits.requests_per_connection': 1 }, true, clock)
  })
  afterAll(() => sluice.kill())
  beforeEach(() => open(phone))
  afterEach(() => visitor.close())

  it('asks for another token when one has expired in mid-download', async () => {
    const { page } = visitor
    // A real token of a minute without a resume window, of which the page believes that it lasts: a wrong clock.
    let tokens = 0
    await page.route('**/api/get-download-token/**', async (route) => {
      tokens++
      const url = new URL(route.request().url())
      if (tokens === 1) url.searchParams.set('ttl', '60')
      url.searchParams.set('resume', '0')
      const response = await route.fetch({ url: url.href })
      await route.fulfill({ response, json: { ...(await response.json()), expires_in: 900 } })
    })
    await slow(1 * MB)
    const downloading = page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    await list.press(large, /^Pause/)
    await list.state(large, 'paused')
    clock.moveTo(120)
    const expired = page.waitForResponse((response) => response.status() === 401)
    await slow(0)
    await list.press(large, /^Reprendre/)
    expect(await (await expired).json()).toMatchObject({ type: 'urn:sluice:problem:token-expired' })
    expect(await list.isWhole(await downloading, large)).toBe(true)
    expect(tokens).toBe(2)
    clock.moveTo(0)
  })

  it('starts again when the file was replaced in mid-download', async () => {
    await slow(1 * MB)
    const downloading = visitor.page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    await list.press(large, /^Pause/)
    await list.state(large, 'paused')
    sluice.addLesson(large.title, 8 * MB) // the same name, other bytes
    await slow(0)
    await list.press(large, /^Reprendre/)
    expect(await list.isWhole(await downloading, large)).toBe(true)
  })

  it('says that the device is full before it starts, and keeps nothing', async () => {
    const { page } = visitor
    await list.chooseMethod('private')
    await visitor.quota(5 * MB)
    await list.press(large, /^Télécharger/)
    await list.state(large, 'failed')
    expect(await list.text(large)).toContain('Espace de stockage insuffisant')
    await states(page, 'storage-full')
    await visitor.quota()
    const download = await list.save(large, /^Réessayer/)
    expect(await list.isWhole(download, large)).toBe(true)
  })

  it('says that the device is full in mid-download, and goes on when there is room', async () => {
    await list.chooseMethod('private')
    await slow(1 * MB)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    await visitor.quota(3 * MB)
    await list.state(large, 'failed')
    expect(await list.text(large)).toContain('Espace de stockage insuffisant')
    await visitor.quota()
    await slow(0)
    const asked = visitor.page.waitForRequest((request) => 'range' in request.headers())
    const download = await list.save(large, /^Réessayer/)
    expect((await asked).headers()['range']).toMatch(/^bytes=[1-9]\d+-$/)
    expect(await list.isWhole(download, large)).toBe(true)
  })

  it('waits without a network and goes on with it', async () => {
    const { page, context } = visitor
    await slow(1 * MB)
    const downloading = page.waitForEvent('download')
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 20)
    await context.setOffline(true)
    await page.getByText('Vous êtes hors connexion. Les téléchargements').waitFor()
    await sluice.kill() // a network that is gone takes its connections along
    await list.state(large, 'waiting')
    await states(page, 'offline')
    await sluice.start({ 'limits.requests_per_connection': 1 })
    await slow(0)
    await context.setOffline(false)
    expect(await list.isWhole(await downloading, large)).toBe(true)
  })

  it('downloads several at once, three at a time', async () => {
    const { page } = visitor
    await slow(100_000)
    let downloads = 0
    page.on('download', () => void downloads++)
    await page.getByRole('button', { name: 'Tout télécharger' }).click()
    const question = page.getByRole('dialog')
    expect(await question.innerText()).toMatch(/Télécharger 5 vidéos.*12,0\sMo à télécharger.*Place libre/s)
    await states(page, 'ask-all')
    await question.getByRole('button', { name: 'Télécharger sur mon appareil' }).click()
    await page.waitForFunction(() => {
      const cards = (state: string) => document.querySelectorAll(`.card[data-state="${state}"]`).length
      const total = document.getElementById('total')!.getAttribute('aria-valuenow')
      return cards('running') === 3 && cards('queued') === 2 && Number(total) > 0 // although two have not begun
    })
    await states(page, 'several')
    await slow(0)
    for (const item of [large, ...several]) await list.state(item, 'done')
    expect(downloads).toBe(5)
    await page.getByText('5 vidéos téléchargées.').waitFor() // one message instead of five
    expect(await page.locator('.snack').filter({ hasText: 'est enregistrée' }).count()).toBe(0)
    await page.locator('#total-text').filter({ hasText: '5 sur 5' }).waitFor()
  })

  it('cancels, and restores what was cancelled a moment ago', async () => {
    await slow(500_000)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 10)
    await list.press(large, /^Annuler/)
    await visitor.hold()
    await list.state(large, 'cancelled')
    await states(visitor.page, 'cancelled')
    await visitor.page.getByRole('button', { name: 'Rétablir' }).click()
    const downloading = visitor.page.waitForEvent('download')
    await list.reaches(large, 10) // it goes on where it was
    await slow(0)
    expect(await list.isWhole(await downloading, large)).toBe(true)
  })

  it('cancels, and keeps nothing of it', async () => {
    await slow(500_000)
    await list.press(large, /^Télécharger/)
    await list.reaches(large, 10)
    await list.press(large, /^Annuler/)
    await list.state(large, 'cancelled')
    await slow(0)
    await list.dismissSnackbars() // until then it can be restored
    await visitor.page.waitForFunction(async () => {
      const root = await navigator.storage.getDirectory()
      const folder = await root.getDirectoryHandle('sluice')
      for await (const _ of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) return false
      return Object.keys(localStorage).every((key) => !key.startsWith('sluice:'))
    })
  })
})
