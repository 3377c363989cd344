// The messages at the foot of the window cover neither the end of the page nor what is in use.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { desktop, phone, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const wide = { viewport: { width: 1680, height: 900 } }

let sluice: Sluice
let items: CatalogueItem[]
let visitor: Visitor
let list: List

beforeAll(async () => {
  sluice = new Sluice()
  items = [...Array(16).keys()].map((n) => sluice.addLesson(`Exercice ${n + 1}`, 4_000_000))
  sluice.setCatalogue(items)
  await sluice.start({ 'limits.requests_per_connection': 1 })
})
afterAll(() => sluice.dispose())
afterEach(() => visitor.close())

async function open(options: typeof phone | typeof desktop, isLarge = false): Promise<void> {
  visitor = await visit(sluice.url, options)
  list = new List(visitor.page, sluice)
  if (isLarge) {
    await visitor.page.setViewportSize({ width: 320, height: 640 })
    await visitor.page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
  }
  await visitor.slow(200_000)
}

/** A message is shown: the download of `item`, whose card ends at the foot of the window, is cancelled. */
async function cancelAtFoot(item: CatalogueItem): Promise<void> {
  await list.press(item, /^Télécharger/)
  await list.state(item, 'running')
  await list.card(item).evaluate((card) => {
    const { bottom } = card.getBoundingClientRect()
    scrollBy({ top: bottom - innerHeight, behavior: 'instant' })
  })
  const button = list.card(item).getByRole('button', { name: /^Annuler/ })
  await button.evaluate((element: HTMLElement) => {
    element.focus({ preventScroll: true })
    element.click()
  })
  await list.state(item, 'cancelled')
  await shown().last().waitFor()
}

const shown = () => visitor.page.locator('.snack:not(.leaving)')

/** Waits until scrolling, which is smooth, and the entry of the messages have ended. */
async function settled(): Promise<void> {
  await visitor.page.waitForFunction(async () => {
    const before = scrollY
    await new Promise((done) => setTimeout(done, 600))
    return scrollY === before && document.querySelector('.snackbars')!.getAnimations({ subtree: true }).length === 0
  })
}

/** Scrolls to the end. Cards get their true height when they come into view, which moves the end. */
async function toEnd(): Promise<void> {
  for (let still = 0; still < 3; ) {
    const moved = await visitor.page.evaluate(async () => {
      const before = scrollY
      scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })
      await new Promise((done) => setTimeout(done, 100))
      return scrollY !== before
    })
    still = moved ? 0 : still + 1
  }
}

/** Pixels between the last part of the page and its end. */
function roomBelow(): Promise<number> {
  return visitor.page.evaluate(() => {
    const { bottom } = document.querySelector('.foot')!.getBoundingClientRect()
    return Math.round(document.documentElement.scrollHeight - scrollY - bottom)
  })
}

/** The parts of the page that a message lies over. */
function covered(selector: string): Promise<string[]> {
  return visitor.page.evaluate((selector) => {
    const boxes = [...document.querySelectorAll('.snack')].map((each) => each.getBoundingClientRect())
    return [...document.querySelectorAll(selector)]
      .filter((each) => {
        const { top, bottom, left, right } = each.getBoundingClientRect()
        return boxes.some((box) => top < box.bottom - 1 && bottom > box.top + 1 && left < box.right && right > box.left)
      })
      .map((each) => (each as HTMLElement).innerText.slice(0, 40) || each.id)
  }, selector)
}

const page = '.top, .banner, .intro, .overview, .find, .card, .foot > *'

describe.each([
  ['a phone', phone, false],
  ['a desktop', desktop, false],
  ['320 px with text of twice the size', phone, true],
] as const)('on %s', (_, size, isLarge) => {
  it('the card in use moves above the message', async () => {
    await open(size, isLarge)
    await cancelAtFoot(items[5]!)
    await settled()
    const used = list.card(items[5]!)
    await used.evaluate((card) => card.setAttribute('data-used', ''))
    // A card that is higher than the window cannot be above it as a whole.
    expect(await covered(isLarge ? ':focus' : '[data-used]')).toEqual([])
  })

  it('at its end, the page is above the messages', async () => {
    await open(size, isLarge)
    await cancelAtFoot(items[5]!)
    await cancelAtFoot(items[6]!)
    await toEnd()
    expect(await shown().count()).toBe(isLarge ? 1 : 2) // two would take more than half of the window
    await settled()
    expect(await covered(page)).toEqual([])
  })

  it('a message that comes while the end is shown moves the page, which returns when it goes', async () => {
    await open(size, isLarge)
    const { page: window } = visitor
    await toEnd()
    const room = await roomBelow()
    await window.evaluate(() => dispatchEvent(new Event('online')))
    await shown().waitFor()
    await settled()
    expect(await covered(page)).toEqual([])
    await list.dismissSnackbars()
    expect(await roomBelow()).toBe(room)
    expect(await window.evaluate(() => document.documentElement.style.scrollPaddingBottom)).toBe('')
  })
})

it('on a wide screen, they are beside the page', async () => {
  await open(wide)
  await cancelAtFoot(items[5]!)
  await cancelAtFoot(items[6]!)
  expect(await shown().count()).toBe(2)
  for (const share of [0, 0.5, 1]) {
    await visitor.page.evaluate((share) => scrollTo({ top: share * document.documentElement.scrollHeight, behavior: 'instant' }), share)
    await settled()
    expect(await covered(page)).toEqual([])
  }
})
