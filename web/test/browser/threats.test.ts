// Attacks on the page and its worker by a list, a link or another site's page (docs/security.md, rows 66 and 67).

import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { desktop, visit, type Visitor } from './support/chromium.js'
import { Sluice, type CatalogueItem } from './support/sluice.js'

let sluice: Sluice
let video: CatalogueItem
let visitor: Visitor
let tokenRequests: string[] // the addresses of the pages that requested them

beforeEach(async () => {
  sluice = new Sluice()
  video = sluice.addLesson('Poser sa voix', 50_000)
  sluice.setCatalogue([video])
  await sluice.start()
  visitor = await visit(sluice.url, desktop)
  await controlled(visitor.page)
  tokenRequests = []
  visitor.context.on('request', (request) => {
    if (request.url().includes('/api/get-download-token')) tokenRequests.push(request.frame().url())
  })
})
afterEach(async () => {
  await visitor.close()
  await sluice.dispose()
})

const controlled = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null)

/** The player's address of a lesson's file. */
function previewOf(filename: string): string {
  const { type, rel } = video
  return `${sluice.url}/preview?${new URLSearchParams({ media: JSON.stringify({ type, rel, filename, user_id: 'trainer123' }) })}`
}

/** A file beside the video. */
function upload(filename: string, content: string): string {
  const path = join(dirname(sluice.path(video)), filename)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return previewOf(filename)
}

it('an uploaded file runs neither as a script nor as a module, although its address is one of the origin', async () => {
  const addresses = [upload('run.mp4', 'globalThis.hasRun = true'), upload('run.js', 'globalThis.hasRun = true')]
  const results = await visitor.page.evaluate(async (addresses) => {
    const ends = []
    for (const address of addresses) {
      const { status } = await fetch(address)
      ends.push(status) // the file is there
      const script = document.createElement('script')
      script.src = address
      ends.push(await new Promise((done) => {
        script.onload = () => done('ran')
        script.onerror = () => done('refused')
        document.head.append(script)
      }))
      ends.push(await navigator.serviceWorker.register(address).then(() => 'ran', () => 'refused'))
    }
    return ends
  }, addresses)
  expect(results).toEqual([200, 'refused', 'refused', 200, 'refused', 'refused'])
  for (const address of addresses) {
    // As a text: Vitest would rewrite the import.
    expect(await visitor.page.evaluate(`import(${JSON.stringify(address)}).then(() => 'ran', () => 'refused')`)).toBe('refused')
  }
  expect(await visitor.page.evaluate(() => 'hasRun' in globalThis)).toBe(false)
})

it('a list cannot make a script of an uploaded file', async () => {
  const address = upload('run.mp4', 'globalThis.hasRun = true; export const headers = () => ({})')
  sluice.setCatalogue([video], { user_id: 'trainer123', tokens: { script: address.slice(sluice.url.length) } })
  await sluice.kill()
  await sluice.start()
  const { page } = visitor
  await page.reload()
  await page.locator('.card button').filter({ hasText: 'Télécharger' }).click()
  await page.waitForTimeout(500)
  expect(await page.evaluate(() => 'hasRun' in globalThis)).toBe(false)
})

it('a link to the player’s address opens nothing', async () => {
  const page = await visitor.context.newPage()
  const answered = page.waitForResponse((response) => response.url().includes('/preview'))
  await page.goto(upload('page.html', '<title>Uploaded</title>')).catch(() => {}) // an error page of the browser
  expect((await answered).status()).toBe(410)
  expect(await page.title()).not.toBe('Uploaded')
  expect(tokenRequests).toEqual([])
})

it('another site’s page gets nothing through the worker', async () => {
  const other = createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<title>Other</title>')).listen(0, '127.0.0.1')
  await once(other, 'listening')
  const page = await visitor.context.newPage()
  await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`)
  const results = await page.evaluate(async (address) => {
    const read = await fetch(address).then(() => 'read', () => 'refused')
    const played = await new Promise((done) => {
      const video = document.createElement('video')
      video.onloadedmetadata = () => done('played')
      video.onerror = () => done('refused')
      video.src = address
    })
    return [read, played]
  }, previewOf(video.filename))
  expect(results).toEqual(['refused', 'refused'])
  expect(tokenRequests).toEqual([])
  other.close()
})

it('each page plays with tokens of its own', async () => {
  const second = await visitor.context.newPage()
  await second.goto(`${sluice.url}/#second`)
  await controlled(second)
  const play = (page: Page) => page.evaluate(async (address) => (await fetch(address)).status, previewOf(video.filename))
  expect([await play(visitor.page), await play(second), await play(visitor.page), await play(second)]).toEqual([200, 200, 200, 200])
  expect(tokenRequests.sort()).toEqual([`${sluice.url}/`, `${sluice.url}/#second`])
})
