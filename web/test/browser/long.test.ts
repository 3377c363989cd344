// Two hundred lessons: groups, search, the total, one question before and one message after.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
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

type Seen = { long: number[]; first: number; last: number }

it('renders in chunks, and scrolls', async () => {
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
  expect(rendered.last).toBeGreaterThan(rendered.first) // more than one chunk
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
  await page.getByRole('button', { name: 'Tout reprendre' }).click()
  await page.getByText('30 vidéos téléchargées.').waitFor({ timeout: 100_000 })
  await page.getByText(/^30 sur 30 · 100/).waitFor()
  sluice.setCatalogue(items)
  await sluice.kill()
  await sluice.start()
  expect([...said]).toEqual(['30 vidéos téléchargées.'])
}, 150_000)

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
