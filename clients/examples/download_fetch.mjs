// SLUICE_TOKEN=… node download_fetch.mjs URL FILE: downloads with fetch, resumes after every interruption.

import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const token = process.env.SLUICE_TOKEN
const [url, path] = process.argv.slice(2)
const [part, tag] = [`${path}.part`, `${path}.etag`]
const repeatable = new Set([408, 429, 500, 502, 503, 504])

const sizeOf = (file) => stat(file).then(({ size }) => size, () => 0)

class Refused extends Error {
  constructor(response) {
    super(`HTTP ${response.status}`)
    this.status = response.status
    this.wait = Number(response.headers.get('Retry-After') ?? 1)
  }
}

/** One request. True when the file is complete. */
async function attempt() {
  const etag = await readFile(tag, 'latin1').catch(() => '')
  let have = etag === '' ? 0 : await sizeOf(part)
  const headers = { Authorization: `Bearer ${token}`, 'Accept-Encoding': 'identity' }
  if (have > 0) Object.assign(headers, { Range: `bytes=${have}-`, 'If-Range': etag })
  const response = await fetch(url, { headers, redirect: 'error' })
  if (response.status === 416 && response.headers.get('Content-Range') === `bytes */${have}`) return true
  if (response.status !== 200 && response.status !== 206) throw new Refused(response)
  if (response.status === 200) {
    have = 0
    await writeFile(part, '')
    await writeFile(tag, response.headers.get('ETag') ?? '')
  }
  const size = have + Number(response.headers.get('Content-Length'))
  const file = await open(part, 'a')
  try {
    for await (const chunk of response.body) await file.write(chunk)
  } finally {
    await file.close()
  }
  return (await sizeOf(part)) === size
}

for (let failures = 0; ; ) {
  const before = await sizeOf(part)
  try {
    if (await attempt()) break
  } catch (why) {
    const isNetwork = why instanceof TypeError // what fetch throws, also in the middle of a body
    if (failures > 7 || !(isNetwork || repeatable.has(why.status))) throw why
    await sleep(isNetwork ? Math.min(30_000, 500 * 2 ** failures) : why.wait * 1000)
  }
  failures = (await sizeOf(part)) > before ? 0 : failures + 1
}
await rename(part, path)
await rm(tag, { force: true })
