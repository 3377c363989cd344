// The page in production: no request is accepted without a credential. One origin has the page, the platform
// with its sessions, and the service behind it.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { desktop, states, visit, type Visitor } from './support/chromium.js'
import { List } from './support/list.js'
import { binary, freePort, Sluice, type CatalogueItem } from './support/sluice.js'

const web = new URL('../..', import.meta.url).pathname
const secret = Buffer.from('the-platform-signs-its-sessions-with-this-key')

let sluice: Sluice
let video: CatalogueItem
let platform: Platform
let visitor: Visitor
let list: List
let backend: ChildProcess | undefined

afterEach(async () => {
  backend?.kill()
  backend = undefined
  await visitor.close()
  platform.close()
  await sluice.dispose()
})

/** The platform: signs users in, gives them session tokens, and passes everything else on. */
class Platform {
  readonly #server: Server
  port = 0
  tokenRoute: number | undefined // the port of the back end that answers below /jeton

  constructor() {
    this.#server = createServer((asked, answer) => this.#handle(asked, answer))
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async open(): Promise<this> {
    this.port = await freePort()
    this.#server.listen(this.port, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #handle(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url ?? ''
    const user = /session=(\w+)/.exec(asked.headers.cookie ?? '')?.[1]
    if (path === '/connexion') {
      answer.writeHead(200, { 'Set-Cookie': 'session=trainer123; HttpOnly; Path=/; SameSite=Lax' }).end('<title>ok</title>')
    } else if (path === '/moi/jeton') {
      if (user === undefined) answer.writeHead(401).end()
      else answer.end(JSON.stringify({ token: sessionToken(user) }))
    } else {
      const port = path.startsWith('/jeton') ? this.tokenRoute : sluice.port
      const { method, headers } = asked
      const onward = request({ port, path, method, headers }, (response) => {
        answer.writeHead(response.statusCode!, response.headers)
        response.pipe(answer)
      })
      onward.on('error', () => answer.destroy())
      asked.pipe(onward)
    }
  }
}

function sessionToken(sub: string): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  const signed = `${encode({ alg: 'HS256', kid: 'p' })}.${encode({ sub, exp, iss: 'platform' })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

async function open(tokens: object, settings: Record<string, string>): Promise<void> {
  sluice = new Sluice()
  platform = await new Platform().open()
  video = sluice.addLesson('Poser sa voix', 2_000_000)
  sluice.setCatalogue([video], { tokens })
  for (const [name, content] of Object.entries(settings)) {
    if (name.endsWith('_file')) writeFileSync(join(sluice.folder, name), content, { mode: 0o600 })
  }
  const flags = Object.entries(settings).map(([name, value]) => [name, name.endsWith('_file') ? join(sluice.folder, name) : value])
  await sluice.start({ ...Object.fromEntries(flags), public_base_url: platform.url }, false)
  visitor = await visit(platform.url, desktop)
  list = new List(visitor.page, sluice)
}

/** Without a session the page says so, and leads to the page where the user signs in; then it downloads. */
async function signsInAndDownloads(): Promise<void> {
  const { page } = visitor
  await list.press(video, /^Télécharger/)
  await list.says(video, 'failed', /Votre session est terminée/)
  await states(page, 'signed-out')
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await page.waitForURL('**/connexion')
  await page.goto(platform.url)
  const download = await list.save(video, /^(Télécharger|Reprendre|Réessayer)/)
  expect(await list.isWhole(download, video)).toBe(true)
}

const jwks = JSON.stringify({ keys: [{ kty: 'oct', kid: 'p', alg: 'HS256', k: secret.toString('base64url') }] })

describe('the page mints in production', () => {
  it('with session tokens of the platform (issuer.jwt)', async () => {
    const tokens = { session: '/moi/jeton', sign_in: '/connexion' }
    await open(tokens, { 'issuer.jwt.key_file': jwks, 'issuer.jwt.issuer': 'platform' })
    await signsInAndDownloads()
    expect(visitor.foreign).toEqual([])
  })

  it('with session tokens that a script of the operator gives', async () => {
    const tokens = { script: '/session.js', sign_in: '/connexion' }
    await open(tokens, { 'issuer.jwt.key_file': jwks, 'issuer.jwt.issuer': 'platform' })
    await sluice.kill()
    writeFileSync(
      join(sluice.page, 'session.js'),
      `export async function headers() {
        const answer = await fetch('/moi/jeton')
        return answer.ok ? { Authorization: 'Bearer ' + (await answer.json()).token } : {}
      }`,
    )
    sluice.setCatalogue([video], { tokens, user_id: 'trainer123' })
    const keys = join(sluice.folder, 'issuer.jwt.key_file')
    await sluice.start({ 'issuer.jwt.key_file': keys, 'issuer.jwt.issuer': 'platform', public_base_url: platform.url }, false)
    await visitor.page.reload()
    await list.card(video).waitFor()
    await signsInAndDownloads()
  })

  it('with an issuer key behind a back end of 20 lines', async () => {
    await open({ endpoint: '/jeton', sign_in: '/connexion' }, { 'issuer.keys_file': '{"keys": []}' })
    const keys = join(sluice.folder, 'issuer.keys_file')
    const key = execFileSync(binary, ['key', 'new', 'lms', '--trusted', '--keys-file', keys], { encoding: 'utf8', env: { PATH: process.env['PATH'] } })
    writeFileSync(join(sluice.folder, 'lms.key'), key, { mode: 0o600 })
    platform.tokenRoute = await freePort()
    backend = spawn(process.execPath, [join(web, 'examples/backend.mjs')], {
      env: { SLUICE: sluice.url, ISSUER_KEY_FILE: join(sluice.folder, 'lms.key'), PORT: String(platform.tokenRoute) },
      stdio: 'inherit',
    })
    await reachable(platform.tokenRoute)
    // The service notices the new key within two seconds.
    const query = new URLSearchParams({ type: video.type, rel: video.rel, filename: video.filename })
    const ask = () => fetch(`http://127.0.0.1:${platform.tokenRoute}/?${query}`, { headers: { Cookie: 'session=trainer123' } })
    await expect.poll(async () => (await ask()).status, { timeout: 30_000, interval: 200 }).toBe(200)
    await signsInAndDownloads()
  })
})

async function reachable(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await new Promise((done) => {
      socket.on('connect', () => done(true))
      socket.on('error', () => done(false))
    })
    socket.destroy()
    if (isOpen === true) return
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error(`nothing listens on ${port}`)
}
