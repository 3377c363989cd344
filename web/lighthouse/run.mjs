// Lighthouse on the built page, mobile, as the service serves it. Prints the scores, and fails below the goals.
//
//   npm --prefix web run build && npm --prefix web/lighthouse ci
//   SLUICE_BINARY=build/release/bin/sluice node web/lighthouse/run.mjs [RUNS [VIDEOS]]
//
// The performance depends on the machine: of RUNS (3) runs, the best counts. The list has VIDEOS (40).

import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'

const goals = { performance: 95, accessibility: 100, 'best-practices': 100 }
const runs = Number(process.argv[2] ?? 3)
const videos = Number(process.argv[3] ?? 40)
const project = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'sluice-lighthouse-'))

function freePort() {
  return new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => found(port))
    })
  })
}

/** The service with the page and a list of videos; returns its address. */
async function serve() {
  const page = join(folder, 'page')
  cpSync(join(project, 'web/dist'), page, { recursive: true })
  const items = Array.from({ length: videos }, (_, i) => ({
    type: 'lesson',
    rel: `trainer123/course456/module789/lesson${i}`,
    filename: 'Video.mp4',
    title: `Leçon ${i + 1}`,
    group: `Module ${Math.floor(i / 10) + 1}`,
    size: 12_000_000,
    duration: 600,
  }))
  writeFileSync(join(page, 'catalogue.json'), JSON.stringify({ title: 'Prendre la parole en public', user_id: 'trainer123', items }))
  const port = await freePort()
  const binary = process.env.SLUICE_BINARY ?? join(project, 'build/release/bin/sluice')
  const options = ['--listen', `127.0.0.1:${port}`, '--media-root', join(project, 'test/media'), '--set', `web.root=${page}`, '--access-log', 'off']
  const service = spawn(binary, ['serve', '--dev', ...options], {
    env: { PATH: process.env.PATH, SLUICE_SECRET: 'lighthouse-measures-with-this-secret-of-48-bytes!' },
  })
  process.on('exit', () => service.kill('SIGKILL'))
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))
  await new Promise((ready, fail) => {
    const hear = (data) => void (String(data).includes('"listening"') && ready())
    service.stdout.on('data', hear)
    service.stderr.on('data', hear)
    service.on('exit', () => fail(new Error('sluice ended')))
    service.on('error', fail)
  })
  return `http://127.0.0.1:${port}/`
}

async function measure(url) {
  const chrome = await launch({
    chromePath: process.env.SLUICE_CHROMIUM ?? '/usr/bin/chromium',
    chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
  try {
    const { lhr } = await lighthouse(url, { port: chrome.port, onlyCategories: Object.keys(goals), logLevel: 'error' })
    return lhr
  } finally {
    chrome.kill()
  }
}

const url = await serve()
const reports = []
for (let i = 0; i < runs; i++) reports.push(await measure(url))
reports.sort((a, b) => b.categories.performance.score - a.categories.performance.score)
const [best] = reports
for (const [name, goal] of Object.entries(goals)) {
  const score = Math.round(best.categories[name].score * 100)
  console.log(`${name}: ${score} (goal ${goal})`)
  if (score < goal) process.exitCode = 1
  for (const { id, weight } of best.categories[name].auditRefs) {
    const audit = best.audits[id]
    if (weight > 0 && audit.score !== null && audit.score < 1) console.log(`  ${audit.id}: ${audit.displayValue ?? audit.title}`)
  }
}
const timings = (report) => report.audits['user-timings'].details?.items ?? []
const list = reports.map((report) => Math.round(timings(report).find(({ name }) => name === 'sluice-list')?.duration ?? NaN))
console.log(`all ${videos} cards are there after: ${list.join(', ')} ms`)
for (const { runtimeError } of reports) if (runtimeError) console.log(`a run failed: ${runtimeError.code} ${runtimeError.message}`)
for (const id of ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'speed-index']) {
  console.log(`${id}: ${best.audits[id].displayValue}`)
}
console.log(`performance of all runs: ${reports.map((each) => Math.round(each.categories.performance.score * 100)).join(', ')}; Lighthouse ${best.lighthouseVersion}`)
rmSync(folder, { recursive: true, force: true })
process.exit()
