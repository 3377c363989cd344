// The messages at the foot of the window: in a bar that shortens it, and that hides neither the end of the page nor
// what is in use, nor the card that has failed.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { desktop, phone, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const wide = { viewport: { width: 1680, height: 900 } }

let sluice: Sluice
let items: CatalogueItem[]
let gone: CatalogueItem
let small: CatalogueItem
let visitor: Visitor
let list: List
let pressed = '' // the name of the last button

beforeAll(async () => {
  sluice = new Sluice()
  items = [...Array(16).keys()].map((n) => sluice.addLesson(`Exercice ${n + 1}`, 4_000_000))
  gone = { ...items[0]!, title: 'Vidéo retirée', filename: 'retirée.mp4' }
  small = sluice.addLesson('Respirer avant de parler', 20_000)
  sluice.setCatalogue([...items.slice(0, 8), gone, small, ...items.slice(8)])
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

/** Scrolls so that the card of `item` ends at the foot of the window. */
async function toFoot(item: CatalogueItem): Promise<void> {
  for (let still = 0; still < 2; ) {
    // Cards get their true height when they come into view.
    const moved = await list.card(item).evaluate(async (card) => {
      const before = scrollY
      scrollBy({ top: card.getBoundingClientRect().bottom - innerHeight, behavior: 'instant' })
      await new Promise((done) => setTimeout(done, 50))
      return Math.abs(scrollY - before) > 1
    })
    still = moved ? 0 : still + 1
  }
}

/** A message is shown: the download of `item`, whose card ends at the foot of the window, is cancelled. */
async function cancelAtFoot(item: CatalogueItem): Promise<void> {
  await list.press(item, /^Télécharger/)
  await list.state(item, 'running')
  await toFoot(item)
  await pressInPlace(item, /^Annuler/)
  await list.state(item, 'cancelled')
  await shown().last().waitFor()
  await visitor.hold() // or it is gone before the test has looked
}

/** Presses a button where it is: Playwright's click would scroll to it. */
async function pressInPlace(item: CatalogueItem, name: RegExp): Promise<void> {
  await list.card(item).getByRole('button', { name }).evaluate((element: HTMLElement) => {
    element.focus({ preventScroll: true })
    element.click()
  })
  pressed = String(name).slice(1)
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

/** The parts of the page that the messages lie over. */
function covered(selector: string): Promise<string[]> {
  return visitor.page.evaluate((selector) => {
    const boxes = [document.querySelector('.snackbars')!.getBoundingClientRect()]
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
    await visitor.hold()
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

const problem = (status: number, type: string, headers = {}) => ({
  status, headers, contentType: 'application/problem+json', json: { type: `urn:sluice:problem:${type}`, status },
})

/** Requests for tokens are answered without the service. */
async function answerTokens(response: ReturnType<typeof problem>): Promise<void> {
  await visitor.page.route('**/api/get-download-token/**', (route) => route.fulfill(response))
}

/** A new list says where the user signs in. */
async function signedOut(): Promise<void> {
  await visitor.page.route('**/catalogue.json', async (route) => {
    const response = await route.fetch()
    const tokens = { endpoint: '/api/get-download-token/v2', sign_in: '/' }
    await route.fulfill({ response, json: { ...(await response.json()), tokens } })
  })
  const fetched = visitor.page.waitForResponse('**/catalogue.json')
  await visitor.page.reload()
  await fetched
  await list.card(items[0]!).waitFor()
  await answerTokens(problem(401, 'session-expired'))
}

/** Every message of the page: what it says, the video it is about, and how it comes to be. */
const messages: [string, RegExp, () => CatalogueItem, () => Promise<void>][] = [
  ['signed out', /session est terminée.*Se connecter/s, () => items[5]!, async () => {
    await signedOut()
    await toFoot(items[5]!)
    await pressInPlace(items[5]!, /^Télécharger/)
    await list.state(items[5]!, 'failed')
  }],
  ['refused', /n’existe plus/, () => gone, async () => {
    await toFoot(gone)
    await pressInPlace(gone, /^Télécharger/)
    await list.state(gone, 'failed')
  }],
  ['waiting', /très demandé/, () => items[5]!, async () => {
    await answerTokens(problem(503, 'too-many-connections', { 'Retry-After': '60' }))
    await toFoot(items[5]!)
    await pressInPlace(items[5]!, /^Télécharger/)
    await list.state(items[5]!, 'waiting')
  }],
  ['kept', /est gardée/, () => small, async () => {
    await toFoot(small)
    await pressInPlace(small, /^Garder/)
    await list.state(small, 'done')
  }],
  ['cannot be played', /ne peut pas être lue/, () => gone, async () => {
    await visitor.page.waitForFunction(() => navigator.serviceWorker.controller !== null)
    await toFoot(gone)
    await pressInPlace(gone, /^Regarder/)
  }],
  ['cancelled', /annulé.*Rétablir/s, () => items[5]!, () => cancelAtFoot(items[5]!)],
]

describe.each([
  ['a phone', phone.viewport, '100%'],
  ['320 px', { width: 320, height: 640 }, '100%'],
  ['320 px with text of twice the size', { width: 320, height: 640 }, '200%'],
])('no message covers its own card, on %s', (_, viewport, fontSize) => {
  it.each(messages)('%s', async (_, words, subject, cause) => {
    await open(phone)
    const { page } = visitor
    await page.setViewportSize(viewport)
    await page.addInitScript((fontSize) => {
      addEventListener('DOMContentLoaded', () => (document.documentElement.style.fontSize = fontSize))
    }, fontSize)
    await page.reload()
    await list.card(items[5]!).waitFor()
    await cause()
    await shown().filter({ hasText: words }).waitFor()
    await visitor.hold() // the message stays
    await list.card(subject()).evaluate((card) => card.setAttribute('data-used', ''))
    // A card that is higher than what is left of the window cannot be shown as a whole: then what is in use is.
    const hidden = async (): Promise<string[]> => {
      const fits = await page.evaluate(() => {
        const { top } = document.querySelector('.snackbars')!.getBoundingClientRect()
        return document.querySelector<HTMLElement>('[data-used]')!.offsetHeight < top
      })
      return await covered(fits ? ':focus, [data-used]' : pressed === '^Regarder/' ? ':focus' : ':focus, [data-used] .buttons')
    }
    await expect.poll(hidden, { timeout: 10_000 }).toEqual([])
    expect(await page.evaluate(() => document.querySelector('[data-used]')!.contains(document.activeElement))).toBe(true)
    // The bar is the foot of the window: nothing shows beside it or below it, and nothing through it.
    const bar = await page.evaluate(() => {
      const bar = document.querySelector('.snackbars')!
      const { left, right, bottom } = bar.getBoundingClientRect()
      const cards = [...document.querySelectorAll('.card, .foot')].map((each) => each.getBoundingClientRect())
      const isWide = cards.every((card) => card.width === 0 || (card.left >= left && card.right <= right))
      return { isWide, isAtFoot: Math.abs(bottom - innerHeight) < 1, colour: getComputedStyle(bar).backgroundColor }
    })
    expect(bar).toEqual({ isWide: true, isAtFoot: true, colour: expect.stringMatching(/^rgb\(/) })
    // The phone is turned a little, or its address bar comes back.
    await page.setViewportSize({ ...viewport, height: viewport.height - 90 })
    await expect.poll(hidden, { timeout: 10_000 }).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width)
    // The focus of the keyboard is shown, too (WCAG 2.4.11).
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('Tab')
      await expect.poll(() => covered(':focus'), { timeout: 10_000 }).toEqual([])
    }
  })
})
