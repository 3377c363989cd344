// A back end for the download page: it requests tokens with an issuer key for the user of its own session.
// SLUICE=https://downloads.example.com ISSUER_KEY_FILE=lms.key PORT=3000 node backend.mjs

import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { SLUICE, ISSUER_KEY_FILE, PORT } = process.env
const key = readFileSync(ISSUER_KEY_FILE, 'utf8').trim()

/** Yours: the user of a session cookie, or undefined. */
const userOf = (cookie = '') => /(?:^|; )session=(\w+)/.exec(cookie)?.[1]

createServer(async (request, response) => {
  const user = userOf(request.headers.cookie)
  if (user === undefined) return response.writeHead(401).end()
  const query = new URL(request.url, 'http://page').searchParams
  query.set('user_id', user) // never the one that the page sends
  const target = `${SLUICE}/api/get-download-token/v2?${query}`
  const answer = await fetch(target, { headers: { Authorization: `Bearer ${key}` } })
  for (const name of ['Content-Type', 'Retry-After', 'X-Request-Id']) {
    if (answer.headers.has(name)) response.setHeader(name, answer.headers.get(name))
  }
  response.writeHead(answer.status, { 'Cache-Control': 'no-store' }).end(await answer.text())
}).listen(PORT, '127.0.0.1')
