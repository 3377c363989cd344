// The worker of the page itself: it opens the page without a network, and lets a <video> play a file that is
// not held. The page asks for a token; this worker adds it to the request, so that no URL ever has one.

import { admits, type Grant } from '../lib/media.js'
import { isShell, previewPath, shellCache, type ShellMessage } from '../page/offline_protocol.js'

declare const self: ServiceWorkerGlobalScope

/** By page and file: a page uses no token that was given to another, whose user may have been another. */
const grants = new Map<string, Grant>()

/** Puts the files of the page into the cache, and removes those of an earlier version. */
async function keepShell(paths: readonly string[]): Promise<void> {
  const cache = await caches.open(shellCache)
  await Promise.all(
    paths.map(async (path) => {
      const response = await fetch(path, { cache: 'no-cache' })
      if (response.ok) await cache.put(path, response)
    }),
  )
  for (const { url } of await cache.keys()) {
    if (!paths.includes(new URL(url).pathname)) await cache.delete(url)
  }
}

/** From the network; without one, from the cache. */
async function shell(request: Request, path: string): Promise<Response> {
  const cache = await caches.open(shellCache)
  const held = await cache.match(path)
  if (held !== undefined && path.startsWith('/assets/')) return held // its name changes with its content
  return await fetch(request).catch((cause: unknown) => held ?? Promise.reject(cause))
}

/** Asks the page that plays the video for a token. */
function ask(client: Client, media: string): Promise<Grant> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = ({ data }: MessageEvent<Grant | null>) => {
      if (data === null) reject(new TypeError('no token'))
      else resolve(data)
    }
    client.postMessage({ kind: 'grant', media }, [port2])
  })
}

/** `range`: of the request. Behind the first byte, the service accepts a token in its resume window as well. */
async function grantFor(client: Client, media: string, range: string | null, isNew: boolean): Promise<Grant> {
  const key = `${client.id} ${media}`
  const known = grants.get(key)
  if (!isNew && known !== undefined && admits(known, /^bytes=[1-9]\d*-\d*$/.test(range ?? ''))) return known
  const grant = await ask(client, media)
  grants.set(key, grant)
  return grant
}

async function fetchPart({ url, ownOriginUrl, token }: Grant, range: string | null): Promise<Response> {
  const headers: Record<string, string> = { Authorization: `Bearer ${token}` }
  if (range !== null) headers['Range'] = range
  const init: RequestInit = { headers, credentials: 'omit', redirect: 'error', cache: 'no-store' }
  return await fetch(url, init).catch((cause: unknown) => {
    if (ownOriginUrl === undefined) throw cause
    return fetch(ownOriginUrl, init)
  })
}

/** One request of a player: the range it wants, with the token of the file. */
async function preview(request: Request, clientId: string, media: string): Promise<Response> {
  const client = await self.clients.get(clientId)
  if (client === undefined) return new Response(null, { status: 410 })
  const range = request.headers.get('Range')
  let response = await fetchPart(await grantFor(client, media, range, false), range)
  if (response.status === 401) response = await fetchPart(await grantFor(client, media, range, true), range)
  const headers = new Headers({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' })
  for (const name of ['Content-Type', 'Content-Length', 'Content-Range', 'Accept-Ranges', 'ETag']) {
    const value = response.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return new Response(response.body, { status: response.status, headers })
}

self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('message', (event) => {
  const message = event.data as ShellMessage
  if (message?.kind === 'shell') event.waitUntil(keepShell(message.paths))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname, searchParams } = new URL(request.url)
  if (origin !== self.location.origin || request.method !== 'GET') return
  if (pathname === previewPath) {
    event.respondWith(preview(request, event.clientId, searchParams.get('media') ?? ''))
  } else if (isShell(pathname)) {
    event.respondWith(shell(request, pathname === '/index.html' ? '/' : pathname))
  }
})
