// The facts of a list about its videos, as the page shows them: pictures, durations, writing from right to left.

import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findings } from './support/axe.js'
import { desktop, phone, settle, states, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

let sluice: Sluice
let visitor: Visitor
let list: List

beforeEach(() => {
  sluice = new Sluice()
})
afterEach(async () => {
  await visitor.close()
  await sluice.dispose()
})

async function open(items: readonly CatalogueItem[], more: object = {}, options: typeof phone | typeof desktop = phone): Promise<void> {
  sluice.setCatalogue(items, { user_id: 'trainer123', ...more })
  await sluice.start()
  visitor = await visit(sluice.url, options)
  list = new List(visitor.page, sluice)
}

/** The boxes of all cards. */
function boxes(): Promise<number[][]> {
  return visitor.page.evaluate(() =>
    [...document.querySelectorAll('.card')].map((card) => {
      const { top, left, width, height } = card.getBoundingClientRect()
      return [top + scrollY, left, width, height]
    }),
  )
}

it.each([
  ['a phone', phone],
  ['a desktop', desktop],
])('shows pictures and durations on %s; nothing moves when they come, or cannot come', async (_, options) => {
  const [shown, missing, none] = ['Poser sa voix', 'Respirer avant de parler', 'Prendre la parole'].map((title, i) => ({
    ...sluice.addLesson(title, 50_000),
    duration: [754, 45, 3_725][i]!,
  })) as [CatalogueItem, CatalogueItem, CatalogueItem]
  shown.thumbnail = sluice.addPicture('one.png')
  missing.thumbnail = '/pictures/missing.png'
  await open([shown, missing, none], {}, options)
  const { page } = visitor
  let release = (): void => {}
  const held = new Promise<void>((done) => (release = done))
  await page.route('**/pictures/*', async (route) => {
    await held
    await route.continue()
  })
  await page.reload()
  await list.card(none).waitFor()
  await settle(page)
  const before = await boxes()
  release()
  const picture = list.card(shown).locator('img')
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('.card img')!.naturalWidth === 320)
  await list.card(missing).locator('img').waitFor({ state: 'detached' })
  await settle(page)
  expect(await boxes()).toEqual(before)
  expect(await picture.getAttribute('loading')).toBe('lazy')
  const { width, height } = (await picture.boundingBox())!
  expect([width > height, height]).toEqual([true, options === phone ? 72 : 84])
  expect(await list.card(missing).locator('.poster .icon').isVisible()).toBe(true)
  const lengths = [/12\smin 34\ss/, /45\ss/, /1\sh 02/]
  for (const [i, item] of [shown, missing, none].entries()) {
    expect(await list.card(item).locator('.meta').innerText()).toMatch(lengths[i]!)
  }
  expect(await findings(page)).toEqual([])
})

it('fetches a picture when its card comes near the window', async () => {
  const pictures = [0, 1, 2].map((i) => sluice.addPicture(`p${i}.png`, i * 120))
  const items = Array.from({ length: 60 }, (_, i) => ({
    ...sluice.addLesson(`Leçon ${i + 1}`, 10_000, `lesson-${i}`),
    thumbnail: pictures[i % 3]!,
    duration: 300 + 97 * i,
  }))
  const last = items.at(-1)!
  last.thumbnail = sluice.addPicture('last.png')
  const asked: string[] = []
  await open(items)
  const { page } = visitor
  page.on('request', (request) => void asked.push(new URL(request.url()).pathname))
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('.card').length === 60)
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('.card img')!.naturalWidth > 0)
  expect(asked).toContain('/pictures/p0.png')
  expect(asked).not.toContain(last.thumbnail)
  await states(page, 'thumbnails')
  const fetched = page.waitForRequest(`**${last.thumbnail}`)
  await list.card(last).scrollIntoViewIfNeeded()
  await fetched
})

it('loads no picture from elsewhere, however its address is written', async () => {
  let requests = 0
  const elsewhere: Server = createServer((_, answer) => {
    requests++
    answer.end()
  }).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  const host = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const written = [`http://${host}/x.png`, `//${host}/x.png`, `/\\${host}/x.png`, `/\t/${host}/x.png`, `/\n\\${host}/x.png`]
  const items = written.map((thumbnail, i) => ({ ...sluice.addLesson(`Leçon ${i + 1}`, 10_000), thumbnail }))
  await open(items)
  await list.card(items.at(-1)!).waitFor()
  expect(await visitor.page.locator('.card img').count()).toBe(0)
  await visitor.page.evaluate(() => new Promise((done) => setTimeout(done, 300)))
  expect([requests, visitor.foreign, visitor.complaints]).toEqual([0, [], []])
  elsewhere.close()
})

it('writes titles from right to left where their letters are, and the sentences around them as the page', async () => {
  const arabic = { ...sluice.addLesson('التنفس قبل الكلام', 20_000, 'arabic'), subtitle: 'الوحدة الأولى', group: 'الوحدة ١' }
  const long = { ...sluice.addLesson('x', 20_000, 'long'), title: 'كيف تتكلم أمام الجمهور '.repeat(5).trim(), group: 'الوحدة ١' }
  const french = { ...sluice.addLesson('Poser sa voix', 20_000), group: 'Module 2' }
  await open([arabic, long, french], { title: 'فن الخطابة' }, desktop)
  const { page } = visitor
  const direction = (selector: string) =>
    page.locator(selector).evaluateAll((found) => found.map((each) => getComputedStyle(each).direction))
  expect(await direction('#title')).toEqual(['rtl'])
  expect(await direction('.heading')).toEqual(['rtl', 'ltr'])
  expect(await direction('.name')).toEqual(['rtl', 'rtl', 'ltr'])
  expect(await direction('.more > span')).toEqual(['rtl'])
  expect(await direction('.meta')).toEqual(['rtl', 'ltr', 'ltr'])
  expect(await direction('.state')).toEqual(['ltr', 'ltr', 'ltr'])
  // "20,0 Ko" is read from left to right in a line of Arabic, too.
  const [amount, unit] = await page.locator('.meta').first().evaluate((meta) => {
    const text = meta.firstChild as Text
    return ['20,0', 'Ko'].map((part) => {
      const range = document.createRange()
      range.setStart(text, text.data.indexOf(part))
      range.setEnd(text, text.data.indexOf(part) + part.length)
      return range.getBoundingClientRect().left
    })
  })
  expect(unit).toBeGreaterThan(amount!)
  await states(page, 'right-to-left')
  await list.press(arabic, /^Garder ici/)
  const message = page.locator('.snack > span').filter({ hasText: 'est gardée' })
  await message.waitFor()
  const [title, words] = await message.evaluate((span) => {
    const text = span.firstChild as Text
    return ['التنفس', 'est'].map((part) => {
      const range = document.createRange()
      const at = text.data.indexOf(part)
      range.setStart(text, at)
      range.setEnd(text, at + part.length)
      const { left, right } = range.getBoundingClientRect()
      return { left, right }
    })
  })
  expect(words!.left).toBeGreaterThan(title!.right) // the sentence goes on behind the title
  expect(await findings(page)).toEqual([])
})
