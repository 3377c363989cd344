// Nothing that is shown moves while the page loads (layout shift 0).

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { desktop, phone, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const large = { viewport: { width: 1440, height: 1600 } }

let sluice: Sluice
let items: CatalogueItem[]
let visitor: Visitor

beforeAll(async () => {
  sluice = new Sluice()
  items = Array.from({ length: 40 }, (_, i) => ({
    ...sluice.addLesson(`Leçon ${i + 1}`, 2_000_000, `lesson-${i}`),
    group: `Module ${Math.floor(i / 10) + 1}`,
  }))
  sluice.setCatalogue(items)
  await sluice.start()
})
afterAll(() => sluice.dispose())
afterEach(() => visitor.close())

/** Every shift of the layout since the page began to load, with what moved. */
function shifts(): Promise<string[]> {
  return visitor.page.evaluate(async () => {
    const seen: string[] = []
    type Shift = PerformanceEntry & { value: number; sources: { node: Element | null }[] }
    new PerformanceObserver((all) => {
      for (const { value, sources } of all.getEntries() as Shift[]) {
        seen.push(`${value.toFixed(4)} ${sources.map(({ node }) => node?.id || node?.className).join(', ')}`)
      }
    }).observe({ type: 'layout-shift', buffered: true })
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 500)))
    return seen
  })
}

describe.each([
  ['a phone', phone],
  ['a desktop', desktop],
  ['a high window', large],
])('on %s', (_, options) => {
  it('at the first visit, a later one, and one that finds downloads', async () => {
    visitor = await visit(sluice.url, options)
    const { page } = visitor
    const list = new List(page, sluice)
    await list.card(items.at(-1)!).waitFor({ state: 'attached' })
    expect(await shifts()).toEqual([])
    await page.reload()
    await list.card(items.at(-1)!).waitFor({ state: 'attached' })
    expect(await shifts()).toEqual([])
    await visitor.slow(100_000)
    for (const item of items.slice(0, 2)) {
      await list.press(item, /^Garder/)
      await list.reaches(item, 1)
      await list.press(item, /^Pause/)
      await list.state(item, 'paused')
    }
    await page.reload()
    await page.locator('#total-text').filter({ hasText: '0 sur 2' }).waitFor()
    await list.state(items[1]!, 'paused')
    expect(await shifts()).toEqual([])
  })
})
