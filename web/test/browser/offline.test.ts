// Without a network: the page opens, shows what is held and plays it. With one: it plays what is not held.

import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findings } from './support/axe.js'
import { desktop, phone, states, visit, type Visitor } from './support/chromium.js'
import { isKept } from './support/kept.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

let sluice: Sluice
let held: CatalogueItem
let other: CatalogueItem
let visitor: Visitor
let list: List

const codec = ['-g', '20', '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '400k', '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '-f', 'mp4']

beforeAll(async () => {
  sluice = new Sluice()
  held = sluice.addLesson('Poser sa voix', 10)
  other = sluice.addLesson('Respirer avant de parler', 10)
  for (const item of [held, other]) sluice.film(item, 40, codec)
  sluice.setCatalogue([held, other])
  await sluice.start()
})
afterAll(() => sluice.dispose())
beforeEach(() => open(desktop))
afterEach(() => visitor.close())

async function open(options: typeof phone | typeof desktop): Promise<void> {
  visitor = await visit(sluice.url, options)
  list = new List(visitor.page, sluice)
  await visitor.page.waitForFunction(isKept)
}

const playing = () =>
  visitor.page.waitForFunction(() => {
    const video = document.querySelector('video')
    return video !== null && video.readyState >= 2 && video.videoWidth === 320
  })

it('opens without a network, shows what is held and plays it', async () => {
  const { page, context } = visitor
  await list.press(held, /^Garder ici/)
  await list.state(held, 'done')
  await sluice.kill()
  await context.setOffline(true)
  await page.reload()
  await list.says(held, 'done', /Gardée sur cette page/)
  await page.getByText('Vous êtes hors connexion.').waitFor()
  expect(await page.locator('#failed').isVisible()).toBe(false)
  await states(page, 'offline-shelf')
  expect(await findings(page)).toEqual([])
  await list.press(held, /^Regarder/)
  await playing()
  expect(await page.locator('video').getAttribute('src')).toMatch(/^blob:/)
  await states(page, 'playing')
  expect(await findings(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.locator('video').waitFor({ state: 'detached' })
  await list.press(other, /^Regarder/)
  await page.getByText('ne peut pas être lue ici').waitFor()
  await context.setOffline(false)
  await sluice.start()
})

describe('a preview', () => {
  it('plays what is not held, and seeks, without a token in any address', async () => {
    const { page, context } = visitor
    const asked: string[] = []
    const ranges: string[] = []
    context.on('request', (request) => {
      asked.push(request.url())
      if (request.url().includes('/download2/')) ranges.push(request.headers()['range'] ?? '')
    })
    let token = ''
    page.on('response', async (response) => {
      if (response.url().includes('/api/get-download-token')) token = ((await response.json()) as { token: string }).token
    })
    await list.press(other, /^Regarder/)
    await playing()
    await states(page, 'preview')
    const at = await page.evaluate(
      () =>
        new Promise<number>((done) => {
          const video = document.querySelector('video')!
          video.addEventListener('seeked', () => done(video.currentTime))
          video.currentTime = 35
        }),
    )
    expect(at).toBeCloseTo(35, 0)
    await expect.poll(() => token.length).toBeGreaterThan(50)
    expect(asked.filter((url) => url.includes(token.slice(0, 40)))).toEqual([])
    expect(ranges.some((range) => range.startsWith('bytes='))).toBe(true)
    expect(visitor.complaints).toEqual([])
  })

  it('answers the ranges that AVPlayer asks for', async () => {
    const content = readFileSync(sluice.path(other))
    const answers = await visitor.page.evaluate(
      async ({ type, rel, filename }) => {
        const media = JSON.stringify({ type, rel, filename, user_id: 'trainer123' })
        const read = async (range: string) => {
          const response = await fetch(`/preview?${new URLSearchParams({ media })}`, { headers: { Range: range } })
          const { status, headers } = response
          const bytes = Array.from(new Uint8Array(await response.arrayBuffer()))
          return { status, part: headers.get('Content-Range'), type: headers.get('Content-Type'), bytes }
        }
        return [await read('bytes=0-1'), await read('bytes=1000-1999')]
      },
      { type: other.type, rel: other.rel, filename: other.filename },
    )
    const expected = [[0, 1], [1000, 1999]].map(([first, last]) => ({
      status: 206,
      part: `bytes ${first}-${last}/${content.length}`,
      type: 'video/mp4',
      bytes: [...content.subarray(first, last! + 1)],
    }))
    expect(answers).toEqual(expected)
  })
})
