// Two hundred lessons: groups, search, the total, one question before and one message after.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findings } from './support/axe.js'
import { phone, states, visit, type Visitor } from './support/chromium.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const count = 200

let sluice: Sluice
let items: CatalogueItem[]
let visitor: Visitor

beforeAll(async () => {
  sluice = new Sluice()
  items = Array.from({ length: count }, (_, i) => {
    const item = sluice.addLesson(`Leçon ${i + 1}`, 20_000, `lesson-${i}`)
    return { ...item, subtitle: i === 136 ? 'Été à la plage' : 'Vidéo', group: `Module ${Math.floor(i / 25) + 1}` }
  })
  items[7]!.title = 'Une leçon dont le titre est si long qu’il ne tient pas sur les deux lignes d’un téléphone, et que l’on veut lire en entier'
  sluice.setCatalogue(items)
  await sluice.start()
})
afterAll(() => sluice.dispose())
beforeEach(async () => {
  visitor = await visit(sluice.url, phone, async (page) => {
    await page.addInitScript(() => {
      const seen = { long: [] as number[], first: 0, last: 0 }
      Object.assign(globalThis, { seen })
      new PerformanceObserver((all) => {
        for (const { duration } of all.getEntries()) seen.long.push(Math.round(duration))
      }).observe({ type: 'longtask', buffered: true })
      new MutationObserver(() => {
        const cards = document.querySelectorAll('.card:not(.skeleton)').length
        if (cards > 0 && seen.first === 0) seen.first = performance.now()
        if (cards === 200 && seen.last === 0) seen.last = performance.now()
      }).observe(document, { childList: true, subtree: true })
    })
  })
  await visitor.page.waitForFunction((wanted) => document.querySelectorAll('.card').length === wanted, count)
})
afterEach(() => visitor.close())

type TraceEvent = { name: string; args: unknown }
type Seen = { long: number[]; first: number; last: number }

it('renders the first screen, then the rest in slices, and scrolls', async () => {
  const { page } = visitor
  const rendered = await page.evaluate(() => structuredClone((globalThis as unknown as { seen: Seen }).seen))
  await page.evaluate(async () => {
    ;(globalThis as unknown as { seen: Seen }).seen.long = []
    for (let y = 0; y < document.documentElement.scrollHeight; y += 400) {
      scrollTo(0, y)
      await new Promise(requestAnimationFrame)
    }
  })
  const scrolled = await page.evaluate(() => (globalThis as unknown as { seen: Seen }).seen.long)
  // Figures for a quiet machine; a busy one must not fail the test.
  console.log(`${count} items: ${Math.round(rendered.last - rendered.first)} ms from the first card to the last;`,
    `long tasks: ${rendered.long.join(', ') || 'none'} while rendering, ${scrolled.join(', ') || 'none'} while scrolling`)
  expect(rendered.last).toBeGreaterThan(rendered.first) // more than one slice
  expect(await page.evaluate(() => performance.getEntriesByName('sluice-list').length)).toBe(1)
})

it('makes cards of few nodes, with one listener for all, and forces no layout', async () => {
  const { page } = visitor
  const events: TraceEvent[] = []
  const session = await visitor.context.newCDPSession(page)
  session.on('Tracing.dataCollected', ({ value }) => void events.push(...(value as unknown as TraceEvent[])))
  const categories = 'devtools.timeline,disabled-by-default-devtools.timeline,disabled-by-default-devtools.timeline.stack'
  await session.send('Tracing.start', { transferMode: 'ReportEvents', categories })
  await page.reload()
  await page.waitForFunction((wanted) => document.querySelectorAll('.card').length === wanted, count)
  const ended = new Promise((done) => session.once('Tracing.tracingComplete', done))
  await session.send('Tracing.end')
  await ended
  const layouts = events.filter(({ name }) => name === 'Layout' || name === 'UpdateLayoutTree')
  const forced = layouts.filter(({ args }) => JSON.stringify(args).includes('/assets/')) // the script is in its stack
  expect(layouts.length).toBeGreaterThan(0)
  expect(forced.map(({ name, args }) => `${name} ${JSON.stringify(args).slice(0, 300)}`)).toEqual([])
  const inCards = await page.evaluate(() => document.querySelectorAll('.card, .card *').length)
  expect(inCards / count).toBeLessThan(23)
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const listeners = metrics.find(({ name }) => name === 'JSEventListeners')!.value
  console.log(`${inCards} elements, ${listeners} listeners, ${layouts.length} layouts and styles`)
  expect(listeners).toBeLessThan(count)
})

describe('while most cards are still to be made', () => {
  let early: Visitor
  // An idle moment never comes.
  beforeEach(async () => {
    early = await visit(sluice.url, phone, (page) =>
      page.addInitScript(() => Object.assign(globalThis, { requestIdleCallback: () => 0 })),
    )
    expect(await early.page.locator('.card').count()).toBe(12)
  })
  afterEach(() => early.close())

  it('a search finds them', async () => {
    const { page } = early
    await page.getByRole('searchbox').evaluate((field: HTMLInputElement) => {
      field.value = 'plage' // dictated: no key is pressed
      field.dispatchEvent(new Event('input'))
    })
    expect(await page.locator('.card:visible .name').allInnerTexts()).toEqual(['Leçon 137'])
  })

  it('a key makes them: the browser’s own search, and the way through the page, meet all', async () => {
    const { page } = early
    await page.locator('.card').last().getByRole('button').last().focus()
    await page.keyboard.press('Tab')
    expect(await page.locator('.card').count()).toBe(count)
    const focused = () => page.evaluate(() => document.activeElement!.closest('.card')?.querySelector('.name')?.textContent)
    expect(await focused()).toBe('Leçon 13')
    expect(await page.evaluate(() => (globalThis as unknown as { find(text: string): boolean }).find('Leçon 200'))).toBe(true)
  })

  it('“download all” is about all', async () => {
    const { page } = early
    await page.getByRole('button', { name: 'Tout télécharger' }).click()
    await page.getByRole('dialog', { name: 'Télécharger 200 vidéos ?' }).waitFor()
    expect(await page.locator('.card').count()).toBe(12)
  })

  it('has nothing that axe objects to', async () => {
    expect(await findings(early.page)).toEqual([])
  })
})

it('groups them, and finds words whatever their case and accents', async () => {
  const { page } = visitor
  expect(await page.locator('.heading').allInnerTexts()).toEqual(Array.from({ length: 8 }, (_, i) => `Module ${i + 1}`))
  await states(page, 'long')
  const search = page.getByRole('searchbox', { name: 'Chercher une vidéo' })
  await search.fill('PLAGE ete')
  await page.getByText('1 vidéo', { exact: true }).waitFor()
  expect(await page.locator('.card:visible .name').allInnerTexts()).toEqual(['Leçon 137'])
  expect(await page.locator('.heading:visible').allInnerTexts()).toEqual(['Module 6'])
  await states(page, 'search')
  await search.fill('rien de tel')
  await page.getByText('Aucune vidéo ne correspond.').waitFor()
  await search.fill('')
  expect(await page.locator('.card:not([hidden])').count()).toBe(count)
})

it('shows a long title in full on demand', async () => {
  const { page } = visitor
  const title = page.getByRole('button', { name: items[7]!.title, exact: true })
  const height = async (): Promise<number> => (await page.locator('.name', { has: title }).boundingBox())!.height
  await title.scrollIntoViewIfNeeded()
  const clamped = await height()
  expect(await title.getAttribute('aria-expanded')).toBe('false')
  await title.click()
  expect(await title.getAttribute('aria-expanded')).toBe('true')
  expect(await height()).toBeGreaterThan(clamped)
})

it('downloads all of them: asks once, can be paused, and says once that it is done', async () => {
  const { page } = visitor
  const some = 30 // enough for a queue; the machine may be busy
  sluice.setCatalogue(items.slice(0, some))
  await sluice.kill()
  await sluice.start()
  await page.reload()
  await page.waitForFunction((wanted) => document.querySelectorAll('.card').length === wanted, some)
  const said = new Set<string>()
  await page.exposeFunction('say', (text: string) => said.add(text))
  await page.evaluate(() => {
    const host = document.getElementById('snackbars')!
    const hear = (): void => {
      for (const each of host.querySelectorAll('.snack > span')) {
        ;(globalThis as unknown as { say: (text: string) => void }).say(each.textContent ?? '')
      }
    }
    new MutationObserver(hear).observe(host, { childList: true, subtree: true })
  })
  await visitor.slow(20_000) // or all of them are there before the next button is pressed
  await page.getByRole('button', { name: 'Tout télécharger' }).click()
  const question = page.getByRole('dialog', { name: 'Télécharger 30 vidéos ?' })
  expect(await question.innerText()).toMatch(/600\sKo à télécharger.*Place libre pour cette page/s)
  await question.getByRole('button', { name: /^Garder ici/ }).click()
  await page.locator('#total-text').filter({ hasText: /sur 30/ }).waitFor()
  await page.getByRole('button', { name: 'Tout suspendre' }).click()
  await page.getByRole('button', { name: 'Tout reprendre' }).waitFor()
  await page.waitForFunction(() => document.querySelector('[data-state="running"], [data-state="queued"]') === null)
  await states(page, 'long-paused')
  expect(await findings(page)).toEqual([])
  await visitor.slow(0)
  await page.getByRole('button', { name: 'Tout reprendre' }).click()
  await page.getByText('30 vidéos téléchargées.').waitFor({ timeout: 100_000 })
  await page.getByText(/^30 sur 30 · 100/).waitFor()
  sluice.setCatalogue(items)
  await sluice.kill()
  await sluice.start()
  expect([...said]).toEqual(['30 vidéos téléchargées.'])
}, 240_000)

it('says before the first byte that the room is too small', async () => {
  const { page } = visitor
  // Chromium reports 10 GiB whatever the quota is; what the page does with the report is real.
  await page.evaluate(() => {
    navigator.storage.estimate = async () => ({ quota: 500_000, usage: 0 })
  })
  await page.getByRole('button', { name: 'Tout télécharger' }).click()
  expect(await page.getByRole('dialog').innerText()).toContain('D’après le navigateur, tout ne tiendra pas.')
  await states(page, 'ask-full')
  await page.keyboard.press('Escape')
  expect(await page.locator('.card:not([data-state="cancelled"])').count()).toBe(0)
})
