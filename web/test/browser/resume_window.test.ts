// A download that outlives its token: paused for more than an hour, while the session of the user has ended.

import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { phone, visit, type Visitor } from './support/chromium.js'
import { Clock } from './support/clock.js'
import { List } from './support/list.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

const MB = 1_000_000
const ttl = 900
const later = ttl + 3_600 // the token has been expired for an hour

let sluice: Sluice
let clock: Clock
let video: CatalogueItem
let visitor: Visitor
let list: List
let asked: (string | null)[] // the window of each token request
let used: Set<string> // the tokens of the downloads

beforeEach(async () => {
  sluice = new Sluice()
  clock = new Clock(join(sluice.folder, 'clock'))
  video = sluice.addLesson('Poser sa voix', 8 * MB)
})
afterEach(async () => {
  await visitor.close()
  await sluice.dispose()
})

async function open(tokens: object): Promise<void> {
  sluice.setCatalogue([video], { user_id: 'trainer123', tokens })
  await sluice.start({ 'tokens.default_ttl': ttl, 'limits.requests_per_connection': 1 }, true, clock)
  visitor = await visit(sluice.url, phone)
  list = new List(visitor.page, sluice)
  asked = []
  used = new Set()
  await visitor.page.route('**/api/get-download-token/**', async (route) => {
    asked.push(new URL(route.request().url()).searchParams.get('resume'))
    if (asked.length === 1) return await route.continue()
    const type = 'urn:sluice:problem:session-expired'
    await route.fulfill({ status: 401, contentType: 'application/problem+json', json: { type, status: 401 } })
  })
  visitor.page.on('request', (request) => {
    const token = request.headers()['authorization']
    if (token !== undefined && request.url().includes('/download2/')) used.add(token)
  })
}

/** Pauses at 20 %, moves the clocks of the service and of the page, and resumes. */
async function pauseForLong(): Promise<void> {
  await visitor.slow(1 * MB)
  await list.press(video, /^Télécharger/)
  await list.reaches(video, 20)
  await list.press(video, /^Pause/)
  await list.state(video, 'paused')
  clock.moveTo(later)
  await visitor.page.evaluate((seconds) => {
    const now = Date.now
    Date.now = () => now() + seconds * 1000
  }, later)
  await visitor.slow(0)
}

/** The response to a request for the whole file with the token of the download. */
async function statusOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { Authorization: [...used][0]! } })
  await response.body?.cancel()
  return response.status
}

describe('a download whose token expired an hour ago, without another token', () => {
  it('is completed with that token in its resume window', async () => {
    await open({})
    const { page } = visitor
    const first = page.waitForRequest((request) => request.url().includes('/download2/'))
    await pauseForLong()
    expect(await statusOf((await first).url())).toBe(401) // it has expired for everything else
    const rest = page.waitForResponse((response) => response.status() === 206)
    const downloading = page.waitForEvent('download')
    await list.press(video, /^Reprendre/)
    expect((await rest).request().headers()['range']).toMatch(/^bytes=[1-9]\d+-$/)
    expect(await list.isWhole(await downloading, video)).toBe(true)
    expect(asked).toEqual(['86400'])
    expect(used.size).toBe(1)
  })

  it('is completed with that token also after a failure that the user retries', async () => {
    await open({})
    const { page } = visitor
    await list.chooseMethod('private')
    await pauseForLong()
    await visitor.quota(3 * MB)
    await list.press(video, /^Reprendre/)
    await list.state(video, 'failed')
    await visitor.quota()
    const downloading = page.waitForEvent('download')
    await list.press(video, /^Réessayer/)
    expect(await list.isWhole(await downloading, video)).toBe(true)
    expect(asked).toEqual(['86400'])
    expect(used.size).toBe(1)
  })

  it('needs another token if no window was requested', async () => {
    await open({ resume: 0 })
    await pauseForLong()
    await list.press(video, /^Reprendre/)
    await list.state(video, 'failed')
    expect(asked).toEqual(['0', '0'])
  })
})

it('a preview goes on with its token in the resume window, behind the first byte alone', async () => {
  await open({})
  const { page, context } = visitor
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  const read = (range: string) =>
    page.evaluate(
      async ({ type, rel, filename, range }) => {
        const media = JSON.stringify({ type, rel, filename, user_id: 'trainer123' })
        const address = `/preview?${new URLSearchParams({ media })}`
        return await fetch(address, { headers: { Range: range } }).then(({ status }) => status, () => 'failed')
      },
      { type: video.type, rel: video.rel, filename: video.filename, range },
    )
  expect(await read('bytes=0-')).toBe(206)
  clock.moveTo(later)
  const [worker] = context.serviceWorkers().filter((each) => each.url().endsWith('/shell.js'))
  await worker!.evaluate((seconds) => {
    const now = Date.now
    Date.now = () => now() + seconds * 1000
  }, later)
  expect([await read('bytes=1000-1999'), await read('bytes=7000000-')]).toEqual([206, 206]) // seeks
  expect(asked).toEqual(['86400'])
  expect(await read('bytes=0-')).toBe('failed') // from the start needs another token, which is refused here
  expect(asked).toEqual(['86400', '86400'])
})
